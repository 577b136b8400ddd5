//! The AWS SDK for Rust on the errand that every client runs; see ../README.md.
use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_kinesis::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_kinesis::primitives::Blob;
use aws_sdk_kinesis::types::{
    ConsumerStatus, PutRecordsRequestEntry, Shard, ShardIteratorType, StartingPosition, StreamStatus,
};
use aws_sdk_kinesis::{Client, Config};

type Failure = Box<dyn std::error::Error>;

struct Errand {
    client: Client,
    stream: String,
    sent: usize,
}

impl Errand {
    async fn wait_active(&self) -> Result<(), Failure> {
        for _ in 0..300 {
            let answer = self.client.describe_stream_summary().stream_name(&self.stream).send().await?;
            let summary = answer.stream_description_summary().unwrap();
            if summary.stream_status() == &StreamStatus::Active {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err("the stream does not become ACTIVE".into())
    }

    async fn put(&mut self, count: usize) -> Result<(), Failure> {
        for from in (self.sent..self.sent + count).step_by(50) {
            let mut call = self.client.put_records().stream_name(&self.stream);
            for number in from..from + 50 {
                call = call.records(
                    PutRecordsRequestEntry::builder()
                        .data(Blob::new(number.to_string()))
                        .partition_key(format!("key-{}", number % 10))
                        .build()?,
                );
            }
            assert_eq!(call.send().await?.failed_record_count(), Some(0));
        }
        self.sent += count;
        Ok(())
    }

    async fn shards(&self) -> Result<Vec<Shard>, Failure> {
        let answer = self.client.list_shards().stream_name(&self.stream).send().await?;
        Ok(answer.shards().to_vec())
    }

    async fn read_all(&self, shards: &[Shard]) -> Result<usize, Failure> {
        let mut pending = shards.to_vec();
        let mut last: HashMap<String, usize> = HashMap::new();
        let mut found = 0;
        while !pending.is_empty() {
            // A child is read when its parents have been read to their ends.
            let at = pending
                .iter()
                .position(|one| !pending.iter().any(|other| one.parent_shard_id() == Some(other.shard_id())))
                .unwrap();
            let shard = pending.remove(at);
            let mut iterator = self
                .client
                .get_shard_iterator()
                .stream_name(&self.stream)
                .shard_id(shard.shard_id())
                .shard_iterator_type(ShardIteratorType::TrimHorizon)
                .send()
                .await?
                .shard_iterator;
            while let Some(place) = iterator {
                let page = self.client.get_records().shard_iterator(place).limit(100).send().await?;
                for record in page.records() {
                    found += 1;
                    let key = record.partition_key().unwrap();
                    if key == "single" {
                        continue;
                    }
                    let number: usize = std::str::from_utf8(record.data().as_ref())?.parse()?;
                    if let Some(before) = last.insert(key.to_string(), number) {
                        assert!(before < number, "out of order");
                    }
                }
                if page.next_shard_iterator().is_none() {
                    assert!(!page.child_shards().is_empty());
                } else if page.millis_behind_latest() == Some(0) && page.records().is_empty() {
                    break;
                }
                iterator = page.next_shard_iterator;
            }
        }
        Ok(found)
    }

    async fn subscribe(&self, arn: &str, shards: &[Shard]) -> Result<usize, Failure> {
        let answer =
            self.client.register_stream_consumer().stream_arn(arn).consumer_name("fan-out").send().await?;
        let consumer = answer.consumer().unwrap().consumer_arn().to_string();
        loop {
            let now = self.client.describe_stream_consumer().consumer_arn(&consumer).send().await?;
            if now.consumer_description().unwrap().consumer_status() == &ConsumerStatus::Active {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut pushed = 0;
        for shard in shards {
            let mut answer = self
                .client
                .subscribe_to_shard()
                .consumer_arn(&consumer)
                .shard_id(shard.shard_id())
                .starting_position(StartingPosition::builder().r#type(ShardIteratorType::TrimHorizon).build()?)
                .send()
                .await?;
            while let Some(event) = answer.event_stream.recv().await? {
                let event = event.as_subscribe_to_shard_event().map_err(|_| "another event")?;
                pushed += event.records().len();
                if !event.child_shards().is_empty() || event.millis_behind_latest() == 0 {
                    break;
                }
            }
        }
        Ok(pushed)
    }

    async fn run(&mut self) -> Result<(usize, usize), Failure> {
        self.client.create_stream().stream_name(&self.stream).shard_count(2).send().await?;
        self.wait_active().await?;
        self.client
            .put_record()
            .stream_name(&self.stream)
            .data(Blob::new("first"))
            .partition_key("single")
            .send()
            .await?;
        self.put(200).await?;
        let missing = self.client.describe_stream_summary().stream_name("no-such-stream").send().await;
        let missing = missing.expect_err("an unknown stream was described").into_service_error();
        assert!(missing.is_resource_not_found_exception());
        assert_eq!(
            missing.meta().message(),
            Some("Stream no-such-stream under account 000000000000 not found.")
        );

        let parent = self.shards().await?.remove(0);
        let end: u128 = parent.hash_key_range().unwrap().ending_hash_key().parse()?;
        let split = self
            .client
            .split_shard()
            .stream_name(&self.stream)
            .shard_to_split(parent.shard_id())
            .new_starting_hash_key((end / 2).to_string())
            .send();
        let (split, put) = tokio::join!(split, self.put(200));
        split?;
        put?;
        self.wait_active().await?;
        self.put(100).await?;

        let shards = self.shards().await?;
        assert_eq!(shards.len(), 4);
        let found = self.read_all(&shards).await?;
        assert_eq!(found, self.sent + 1);
        let answer = self.client.describe_stream_summary().stream_name(&self.stream).send().await?;
        let arn = answer.stream_description_summary().unwrap().stream_arn().to_string();
        let pushed = self.subscribe(&arn, &shards).await?;
        assert_eq!(pushed, found);
        self.client
            .delete_stream()
            .stream_name(&self.stream)
            .enforce_consumer_deletion(true)
            .send()
            .await?;
        Ok((found, pushed))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(std::env::var("MILLRACE_ENDPOINT")?)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "static"))
        .build();
    let mut errand =
        Errand { client: Client::from_conf(config), stream: std::env::var("MILLRACE_STREAM")?, sent: 0 };
    let (records, pushed) = errand.run().await?;
    println!(
        "{{\"version\": \"{}\", \"records\": {records}, \"pushed\": {pushed}}}",
        aws_sdk_kinesis::meta::PKG_VERSION
    );
    Ok(())
}
