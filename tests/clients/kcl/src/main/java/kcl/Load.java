// Records put in the background: "key:number", numbered from 0 along each of 20 keys.
package kcl;

interface Load extends AutoCloseable {
  int KEYS = 20;
  long PAUSE_MS = 50;

  // Ends it; gives how many records the stream has taken.
  int stop() throws Exception;

  @Override void close() throws Exception;
}
