using System.Runtime.InteropServices;
using Norris.Node.Delivery;

namespace Norris.Tests.Node.Delivery;

/// <summary>The feed against a reference: one array of all that was published.</summary>
public sealed class EventFeedTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Readers_that_start_at_any_publish_read_everything_from_there(int seed)
    {
        var random = new Random(seed);
        var feed = new EventFeed();
        var reference = new List<byte>();
        var readers = new List<(FeedReader Reader, int Start, List<byte> Read)>();
        for (int round = 0; round < 100; round++)
        {
            readers.Add((feed.Subscribe(isWaitedFor: false, long.MaxValue), reference.Count, []));
            var unpublished = new List<byte>();
            for (int write = random.Next(0, 4); write > 0; write--)
            {
                byte[] bytes = new byte[random.Next(8) == 0 ? random.Next(100_000) : random.Next(300)];
                random.NextBytes(bytes);
                feed.Append(bytes);
                unpublished.AddRange(bytes);
                // What is written is nobody's to read, however far the reader is.
                (FeedReader some, int start, List<byte> read) = readers[random.Next(readers.Count)];
                Drain(some, read);
                Assert.Equal(reference.Count, start + read.Count);
            }
            feed.Publish();
            reference.AddRange(unpublished);
            Assert.Equal(reference.Count, feed.BytesPublished);
        }
        feed.Complete();
        foreach ((FeedReader reader, int start, List<byte> read) in readers)
        {
            Drain(reader, read);
            Assert.True(reader.IsAtEnd);
            Assert.True(CollectionsMarshal.AsSpan(reference)[start..].SequenceEqual(CollectionsMarshal.AsSpan(read)));
            await reader.WaitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Readers_on_threads_of_their_own_miss_nothing_while_one_writes()
    {
        const int Events = 20_000;
        var feed = new EventFeed();
        byte[] line = new byte[37];
        FeedReader[] readers = [.. Enumerable.Range(0, 4).Select(_ => feed.Subscribe(isWaitedFor: false, long.MaxValue))];
        Task<int>[] reading = [.. readers.Select(reader => Task.Run(() => CountAsync(reader)))];
        for (int i = 0; i < Events; i++)
        {
            line.AsSpan().Fill((byte)i);
            feed.Append(line);
            if (i % 3 == 0)
            {
                feed.Publish();
            }
        }
        feed.Publish();
        feed.Complete();
        Assert.All(await Task.WhenAll(reading), count => Assert.Equal(Events * line.Length, count));

        async Task<int> CountAsync(FeedReader reader)
        {
            int count = 0;
            while (!reader.IsAtEnd)
            {
                foreach (byte each in reader.Read().Span)
                {
                    Assert.Equal((byte)(count++ / line.Length), each);
                }
                await reader.WaitAsync(InProcessNode.Patience);
            }
            return count;
        }
    }

    [Fact]
    public async Task Who_is_about_to_wait_at_the_moment_of_the_last_event_is_woken()
    {
        const int Rounds = 50_000;
        var feed = new EventFeed();
        using FeedReader reader = feed.Subscribe(isWaitedFor: false, long.MaxValue);
        using var start = new Barrier(2);
        var writing = new Thread(() =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                feed.Append([1]);
                start.SignalAndWait();
                feed.Publish();
            }
        });
        writing.IsBackground = true;
        writing.Start();
        for (int round = 0; round < Rounds; round++)
        {
            start.SignalAndWait();
            await reader.WaitAsync(InProcessNode.Patience);
            Assert.Equal(1, reader.Read().Length);
        }
        writing.Join();
    }

    [Fact]
    public void A_reader_that_lags_too_far_has_fallen_behind_and_one_that_is_waited_for_has_not()
    {
        var feed = new EventFeed();
        using FeedReader let = feed.Subscribe(isWaitedFor: false, backlogBytesMax: 10);
        using FeedReader waited = feed.Subscribe(isWaitedFor: true, backlogBytesMax: 10);
        feed.Append(new byte[10]);
        feed.Publish();
        Assert.False(let.HasFallenBehind);
        feed.Append(new byte[1]);
        Assert.False(let.HasFallenBehind);
        feed.Publish();
        Assert.True(let.HasFallenBehind);
        Assert.False(waited.HasFallenBehind);
        Assert.Equal(11, feed.BacklogBytes);
        Assert.Equal(11, let.Read().Length);
        Assert.False(let.HasFallenBehind);
        Assert.Equal(11, feed.BacklogBytes);
        waited.Read();
        Assert.Equal(0, feed.BacklogBytes);
    }

    [Fact]
    public void A_feed_knows_whether_somebody_reads()
    {
        var feed = new EventFeed();
        Assert.False(feed.HasReaders);
        FeedReader reader = feed.Subscribe(isWaitedFor: false, 1);
        Assert.True(feed.HasReaders);
        reader.Dispose();
        Assert.False(feed.HasReaders);
    }

    [Fact]
    public async Task A_wait_ends_by_a_publish_an_end_or_a_cancellation()
    {
        var feed = new EventFeed();
        using FeedReader reader = feed.Subscribe(isWaitedFor: false, 100);
        using var cancelled = new CancellationTokenSource();
        Task waiting = reader.WaitAsync(cancelled.Token).AsTask();
        Assert.False(waiting.IsCompleted);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        waiting = reader.WaitAsync(InProcessNode.Patience).AsTask();
        feed.Append([1]);
        Assert.False(waiting.IsCompleted);
        feed.Publish();
        await waiting;
        Assert.Equal(1, reader.Read().Length);

        waiting = reader.WaitAsync(InProcessNode.Patience).AsTask();
        feed.Complete();
        await waiting;
        Assert.True(reader.IsAtEnd);
    }

    private static void Drain(FeedReader reader, List<byte> into)
    {
        for (ReadOnlyMemory<byte> bytes = reader.Read(); !bytes.IsEmpty; bytes = reader.Read())
        {
            into.AddRange(bytes.Span);
        }
    }
}
