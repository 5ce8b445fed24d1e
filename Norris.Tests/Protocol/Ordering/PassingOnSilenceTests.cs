using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using static Norris.Tests.Protocol.Ordering.TailOfSelf;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>What a member that passes the log on says of how long the host was not heard.</summary>
public sealed class PassingOnSilenceTests
{
    [Fact]
    public void A_sign_of_life_that_goes_round_in_a_circle_gets_too_old_at_last()
    {
        var tail = new TailOfSelf();
        var streams = new LogStreams(tail.State, new FollowerWatch(tail.State)) { IsRelay = true };
        StreamId stream = ((FollowAccepted)streams.Open(tail.State.View.Find(Other)!, tail.State.Position)).Stream;
        uint silence = 300_000;
        int rounds = 0;
        for (; silence <= tail.State.Options.TimeoutMicroseconds; rounds++)
        {
            // It comes back as old as it was passed on, and on its way it took as long as the next one is waited for.
            tail.State.Now = tail.State.Now.Plus(tail.State.Options.HeartbeatMicroseconds);
            tail.State.LogHeardAt = tail.State.Now.Plus(-silence);
            Assert.True(streams.TryTake(stream, 1, out LogBatch batch));
            silence = batch.Header.SilenceMicroseconds;
        }
        Assert.InRange(rounds, 10, 200);
    }
}
