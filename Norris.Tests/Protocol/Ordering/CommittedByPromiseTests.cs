using Norris.Protocol;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using static Norris.Tests.Protocol.Ordering.TailOfSelf;

namespace Norris.Tests.Protocol.Ordering;

/// <summary>A candidate with the log up to #12, committed up to #10 as far as it knows, and one that promises and knows better.</summary>
public sealed class CommittedByPromiseTests
{
    private readonly TailOfSelf _tail = new();

    [Theory]
    [InlineData(10)]
    [InlineData(12)]
    public void What_one_that_promises_knows_to_be_committed_is(ulong committed)
    {
        _tail.Message(Host, 1);
        _tail.Message(Host, 2);
        Candidacy candidacy = Win(committed);

        Assert.Equal(CandidacyEnd.Won, candidacy.End);
        Assert.Equal(committed, _tail.State.ShowableAnywhere.Value);
    }

    private Candidacy Win(ulong committed)
    {
        var candidacy = new Candidacy(_tail.State, isHostGone: true);
        for (int i = 0; i < 4 && candidacy.End == CandidacyEnd.None; i++)
        {
            candidacy.Advance();
            OutboundCall[] calls = [.. _tail.State.Effects.Calls];
            _tail.State.Effects.Clear();
            foreach (OutboundCall call in calls)
            {
                if (call.Address == SomeNode.AddressOf(Host))
                {
                    candidacy.Failed(call.Id, ExchangeFailure.ConnectionRefused);
                }
                else
                {
                    candidacy.Answered(call.Id, new Promised(_tail.State.Position, new Epoch(1), default) { Committed = new SequenceNumber(committed) });
                }
            }
        }
        return candidacy;
    }
}
