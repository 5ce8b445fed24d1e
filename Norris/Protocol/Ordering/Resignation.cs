using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// With the majority rule: how a host leaves. It orders what it has and waits until that is committed; then it is host no more, sends
/// everybody to the most senior member that has everything, which stands at once, and leaves as a member does. So every reign begins with
/// the promises of a majority, this one too.
/// <para>Source: leadership transfer of Ongaro, 2014, section 3.10.</para>
/// </summary>
internal sealed class Resignation(CoreState state, Sequencer sequencer)
{
    /// <summary>So many time-outs a host waits for a majority before it goes all the same.</summary>
    private const int PatienceTimeouts = 5;

    private readonly Timestamp _giveUpAt = state.Now.Plus(PatienceTimeouts * state.Options.TimeoutMicroseconds);

    /// <summary>Who is to stand next; nobody when there is nobody, or no majority.</summary>
    public MemberId Successor { get; private set; }

    /// <summary>True when the host is to be host no more.</summary>
    public bool IsDone { get; private set; }

    /// <summary>When something is to be done at the latest.</summary>
    public Timestamp NextDeadline => state.Now < NotBefore ? NotBefore : _giveUpAt;

    /// <summary>
    /// A host that has only just begun waits a little, so that those who leave as well can say goodbye to it.
    /// <para>Prevents: three leave at once, and pass the reign on among them faster than any of them can say goodbye.</para>
    /// </summary>
    private Timestamp NotBefore => sequencer.Watch.StartedAt.Plus(2 * state.Options.HeartbeatMicroseconds);

    /// <summary>A node says how far it is; what it brings is for the next host.</summary>
    public PeerReply Hear(Submission word)
    {
        PeerReply reply = sequencer.TakeIn(word with { Entries = default });
        return word.Entries.IsEmpty || reply is Refused ? reply : new Busy(state.Options.HeartbeatMicroseconds / 4);
    }

    /// <summary>Takes the next step when its time has come.</summary>
    public void Advance()
    {
        sequencer.Watch.IsLeaving = true;
        sequencer.Advance(all: true);
        bool isFinished = !state.Outbox.HasUnsent && state.Committed == state.Log.Last && state.Now >= NotBefore;
        if (isFinished && FindSuccessor() is { } successor)
        {
            Successor = successor.Id;
            IsDone = true;
        }
        IsDone |= state.Now >= _giveUpAt || (isFinished && !state.View.HasCandidateBesides(state.Self));
        if (IsDone)
        {
            sequencer.Watch.IsLeaving = false;
        }
    }

    /// <summary>
    /// The most senior node that has everything, and is not about to leave itself.
    /// <para>Prevents: two hosts that leave pass the reign to each other for ever.</para>
    /// </summary>
    private Member? FindSuccessor()
    {
        foreach (Member member in state.View.BySeniority)
        {
            if (member is { Kind: MemberKind.Node, IsReachable: true } && member.Id != state.Self && member.Progress.Acknowledged == state.Log.Last && !member.Intake.IsLeaving
                && !state.Resigned.Contains(member.Id))
            {
                return member;
            }
        }
        return null;
    }
}
