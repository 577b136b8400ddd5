// What the workers were given, and whether that is right: no number of a key left out, none early; a child
// begun only when its parents had ended.
package kcl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.kinesis.model.Shard;

final class Ledger {
  private final boolean ordered;
  private final Map<String, Integer> last = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final Map<String, Integer> byWorker = new HashMap<>();
  private final List<String> lives = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private int repeats = 0;
  private int aggregated = 0;

  // ordered: every key's numbers come in order. A lease that moves may bring some again.
  Ledger(boolean ordered) {
    this.ordered = ordered;
  }

  // `text` is "key:number".
  synchronized void delivered(String worker, String text, boolean fromAggregate) {
    byWorker.merge(worker, 1, Integer::sum);
    if (fromAggregate) aggregated++;
    if (!seen.add(text)) {
      repeats++;
      return;
    }
    if (!ordered) return;
    int colon = text.indexOf(':');
    String key = text.substring(0, colon);
    int number = Integer.parseInt(text.substring(colon + 1));
    int before = last.getOrDefault(key, -1);
    if (number != before + 1) faults.add(text + " came after " + before);
    last.put(key, number);
  }

  synchronized void begun(String shard) {
    lives.add("begin " + shard);
  }

  synchronized void ended(String shard) {
    lives.add("end " + shard);
  }

  synchronized void fault(String what) {
    faults.add(what);
  }

  synchronized boolean hasBegun(String shard) {
    return lives.contains("begin " + shard);
  }

  synchronized boolean hasEnded(String shard) {
    return lives.contains("end " + shard);
  }

  synchronized int distinct() {
    return seen.size();
  }

  synchronized int repeats() {
    return repeats;
  }

  synchronized int aggregated() {
    return aggregated;
  }

  synchronized int workers() {
    return byWorker.size();
  }

  // Everything that is wrong, given the stream's shards as they are in the end.
  synchronized List<String> faults(List<Shard> shards) {
    var found = new ArrayList<>(faults);
    for (Shard shard : shards) {
      int begin = lives.indexOf("begin " + shard.shardId());
      if (begin < 0) found.add(shard.shardId() + " was never read");
      for (String parent : new String[] {shard.parentShardId(), shard.adjacentParentShardId()}) {
        if (parent == null) continue;
        int end = lives.indexOf("end " + parent);
        if (end < 0 || begin < end) found.add(shard.shardId() + " was begun before " + parent + " ended");
      }
    }
    return found;
  }
}
