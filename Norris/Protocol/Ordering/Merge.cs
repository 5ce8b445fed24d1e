using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// How a host ends its side's log to join a heavier side: it takes nothing more in, orders what it has, and waits until its followers have
/// all of it, so that everybody on this side has seen the same when they move; then it sends them away, and goes itself.
/// <para>Prevents: b saw a's message, a did not yet; the side ends; a sends it again on the other side.</para>
/// </summary>
internal sealed class Merge(CoreState state, Sequencer sequencer, string address)
{
    private const int PatienceTimeouts = 2;

    private readonly Timestamp _deadline = state.Now.Plus(PatienceTimeouts * state.Options.TimeoutMicroseconds);
    private bool _isOrdered;

    /// <summary>Where the other side's host is.</summary>
    public string Address => address;

    /// <summary>True when there is nothing more to wait for.</summary>
    public bool IsDone { get; private set; }

    /// <summary>When something is to be done at the latest.</summary>
    public Timestamp NextDeadline => _deadline;

    /// <summary>A node says how far it is; what it brings is for the other side.</summary>
    public PeerReply Hear(Submission word)
    {
        PeerReply reply = sequencer.TakeIn(word with { Entries = default });
        return word.Entries.IsEmpty || reply is Refused ? reply : new Busy(state.Options.HeartbeatMicroseconds);
    }

    /// <summary>Takes the next step.</summary>
    public void Advance()
    {
        // What nobody else has is dropped with this log, and what is this node's own of it is sent again: so it is not shown here either.
        sequencer.Watch.MayBeSucceeded = true;
        sequencer.Watch.IsLeaving = true;
        if (!_isOrdered)
        {
            _isOrdered = true;
            sequencer.OrderAll();
        }
        while (sequencer.Watch.Check() is var (gone, reason))
        {
            // Whoever has fallen silent is not waited for.
            sequencer.Remove(gone, reason);
            sequencer.OrderAll();
        }
        sequencer.Watch.UpdateCommitted();
        state.DeliverUpTo(sequencer.Watch.Showable);
        if (state.Stable == state.Log.Last || state.View.NodeCount == 1 || state.Now >= _deadline
            || state.Makes(Mistake.MergesWithoutWaiting))
        {
            sequencer.Watch.IsLeaving = false;
            sequencer.Streams.EndAll(StreamEnd.Merged);
            sequencer.StepDown();
            IsDone = true;
        }
    }
}
