// The AWS SDK for Go, version 2, on the errand that every client runs; see ../README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math/big"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

var (
	ctx    = context.Background()
	stream = aws.String(os.Getenv("MILLRACE_STREAM"))
	client *kinesis.Client
	sent   int
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func check(good bool, what string) {
	if !good {
		log.Fatal(what)
	}
}

func waitActive() {
	waiter := kinesis.NewStreamExistsWaiter(client, func(o *kinesis.StreamExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = time.Second, time.Second
	})
	if err := waiter.Wait(ctx, &kinesis.DescribeStreamInput{StreamName: stream}, 30*time.Second); err != nil {
		log.Fatal(err)
	}
}

func put(count int) {
	for until := sent + count; sent < until; sent += 50 {
		entries := make([]types.PutRecordsRequestEntry, 50)
		for i := range entries {
			entries[i].Data = []byte(strconv.Itoa(sent + i))
			entries[i].PartitionKey = aws.String(fmt.Sprintf("key-%d", (sent+i)%10))
		}
		answer := must(client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: stream, Records: entries}))
		check(*answer.FailedRecordCount == 0, "records failed")
	}
}

func readAll(shards []types.Shard) int {
	pending := append([]types.Shard{}, shards...)
	last := map[string]int{}
	found := 0
	for len(pending) > 0 {
		// A child is read when its parents have been read to their ends.
		at := 0
		for i, one := range pending {
			waits := false
			for _, other := range pending {
				waits = waits || (one.ParentShardId != nil && *one.ParentShardId == *other.ShardId)
			}
			if !waits {
				at = i
				break
			}
		}
		shard := pending[at]
		pending = append(pending[:at], pending[at+1:]...)
		iterator := must(client.GetShardIterator(ctx, &kinesis.GetShardIteratorInput{
			StreamName: stream, ShardId: shard.ShardId,
			ShardIteratorType: types.ShardIteratorTypeTrimHorizon})).ShardIterator
		for iterator != nil {
			page := must(client.GetRecords(ctx, &kinesis.GetRecordsInput{ShardIterator: iterator, Limit: aws.Int32(100)}))
			for _, record := range page.Records {
				found++
				check(time.Since(*record.ApproximateArrivalTimestamp).Abs() < 10*time.Minute, "arrival time")
				if *record.PartitionKey == "single" {
					continue
				}
				number := must(strconv.Atoi(string(record.Data)))
				before, known := last[*record.PartitionKey]
				check(!known || before < number, "out of order")
				last[*record.PartitionKey] = number
			}
			iterator = page.NextShardIterator
			if iterator == nil {
				check(len(page.ChildShards) > 0, "no children at the end of a shard")
			} else if *page.MillisBehindLatest == 0 && len(page.Records) == 0 {
				break
			}
		}
	}
	return found
}

func subscribe(arn *string, shards []types.Shard) int {
	consumer := must(client.RegisterStreamConsumer(ctx, &kinesis.RegisterStreamConsumerInput{
		StreamARN: arn, ConsumerName: aws.String("fan-out")})).Consumer
	for {
		now := must(client.DescribeStreamConsumer(ctx, &kinesis.DescribeStreamConsumerInput{ConsumerARN: consumer.ConsumerARN}))
		if now.ConsumerDescription.ConsumerStatus == types.ConsumerStatusActive {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	pushed := 0
	for _, shard := range shards {
		pushed += readPushed(consumer.ConsumerARN, shard.ShardId)
	}
	return pushed
}

// Reads a shard by fan-out until there is no more. A subscription that breaks is made anew from where it was,
// as every consumer must: the SDK closes the request's body as soon as the response begins, and where its
// writer is still at it, net/http closes the connection.
func readPushed(consumer, shard *string) int {
	pushed := 0
	from := &types.StartingPosition{Type: types.ShardIteratorTypeTrimHorizon}
	for attempt := 0; attempt < 60; attempt++ {
		answer, err := client.SubscribeToShard(ctx, &kinesis.SubscribeToShardInput{
			ConsumerARN: consumer, ShardId: shard, StartingPosition: from})
		var inUse *types.ResourceInUseException
		if errors.As(err, &inUse) { // the one before counts for five seconds
			time.Sleep(500 * time.Millisecond)
			continue
		}
		events := must(answer, err).GetStream()
		for event := range events.Events() {
			value := event.(*types.SubscribeToShardEventStreamMemberSubscribeToShardEvent).Value
			pushed += len(value.Records)
			if len(value.ChildShards) > 0 || *value.MillisBehindLatest == 0 {
				events.Close()
				return pushed
			}
			from = &types.StartingPosition{Type: types.ShardIteratorTypeAfterSequenceNumber,
				SequenceNumber: value.ContinuationSequenceNumber}
		}
		events.Close()
	}
	log.Fatal("the subscription breaks again and again")
	return 0
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/aws/aws-sdk-go-v2/service/kinesis" {
			return module.Version
		}
	}
	return "unknown"
}

func main() {
	client = kinesis.New(kinesis.Options{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(os.Getenv("MILLRACE_ENDPOINT")),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	must(client.CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: stream, ShardCount: aws.Int32(2)}))
	waitActive()
	must(client.PutRecord(ctx, &kinesis.PutRecordInput{StreamName: stream, Data: []byte("first"), PartitionKey: aws.String("single")}))
	put(200)
	_, err := client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String("no-such-stream")})
	var missing *types.ResourceNotFoundException
	check(errors.As(err, &missing), "an unknown stream gave another error")
	check(missing.ErrorMessage() == "Stream no-such-stream under account 000000000000 not found.", missing.ErrorMessage())

	parent := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: stream})).Shards[0]
	end, _ := new(big.Int).SetString(*parent.HashKeyRange.EndingHashKey, 10)
	split := make(chan error)
	go func() {
		_, err := client.SplitShard(ctx, &kinesis.SplitShardInput{StreamName: stream, ShardToSplit: parent.ShardId,
			NewStartingHashKey: aws.String(new(big.Int).Div(end, big.NewInt(2)).String())})
		split <- err
	}()
	put(200)
	if err := <-split; err != nil {
		log.Fatal(err)
	}
	waitActive()
	put(100)

	shards := must(client.ListShards(ctx, &kinesis.ListShardsInput{StreamName: stream})).Shards
	check(len(shards) == 4, "not four shards")
	found := readAll(shards)
	check(found == sent+1, fmt.Sprintf("%d of %d records", found, sent+1))
	summary := must(client.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: stream})).StreamDescriptionSummary
	pushed := subscribe(summary.StreamARN, shards)
	check(pushed == found, fmt.Sprintf("%d of %d records pushed", pushed, found))
	must(client.DeleteStream(ctx, &kinesis.DeleteStreamInput{StreamName: stream, EnforceConsumerDeletion: aws.Bool(true)}))
	fmt.Printf("{\"version\": %q, \"records\": %d, \"pushed\": %d}\n", version(), found, pushed)
}
