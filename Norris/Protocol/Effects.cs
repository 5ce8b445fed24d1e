using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>
/// What the core wants done: filled by its inputs, taken and cleared by the node that runs it. The order within a list is the order
/// in which things are to happen.
/// </summary>
internal sealed class Effects
{
    /// <summary>Ask another node; the answer or the failure comes back with the same id.</summary>
    public List<OutboundCall> Calls { get; } = [];

    /// <summary>Answer what another node asked.</summary>
    public List<Answer> Answers { get; } = [];

    /// <summary>Follow the log at another node, in place of any stream followed before; or stop following.</summary>
    public List<UpstreamChange> UpstreamChanges { get; } = [];

    /// <summary>End a follower's stream.</summary>
    public List<EndedStream> EndedStreams { get; } = [];

    /// <summary>Submissions of this node and its guests that have their place now.</summary>
    public List<OrderedSubmission> Ordered { get; } = [];

    /// <summary>Guests of this node that are members again; to be heeded before <see cref="Ordered"/>, which names them by their ids of now.</summary>
    public List<ReturnedGuest> Returned { get; } = [];

    /// <summary>What the people at this node should know.</summary>
    public List<Notice> Notices { get; } = [];

    /// <summary>Forgets all, after it was done.</summary>
    public void Clear()
    {
        Calls.Clear();
        Answers.Clear();
        UpstreamChanges.Clear();
        EndedStreams.Clear();
        Ordered.Clear();
        Returned.Clear();
        Notices.Clear();
    }
}

/// <summary>A request to send to the node at <paramref name="Address"/>.</summary>
internal readonly record struct OutboundCall(CallId Id, string Address, PeerRequest Request);

/// <summary>The answer to a request that came in under this id.</summary>
internal readonly record struct Answer(CallId Id, PeerReply Reply);

/// <summary>Open this stream at <paramref name="Address"/>; with no request, just close what is open.</summary>
internal readonly record struct UpstreamChange(StreamId Stream, string Address, FollowRequest? Request);

/// <summary>A follower's stream that ends, and why.</summary>
internal readonly record struct EndedStream(StreamId Stream, StreamEnd Reason);

/// <summary>A guest that is back: who it was, and who it is now: another member when its id was taken meanwhile.</summary>
internal readonly record struct ReturnedGuest(MemberId Before, MemberId Now);

/// <summary>
/// The author's submission with this number is the entry at <paramref name="Sequence"/>. <paramref name="Subject"/> is whom a joined,
/// left or renamed entry is about: how a node learns the id that its guest was given.
/// </summary>
internal readonly record struct OrderedSubmission(
    MemberId Author, ulong Number, Epoch Epoch, SequenceNumber Sequence, Timestamp Time, MemberId Subject)
{
    /// <summary>When it was submitted, on the network's clock; <see cref="Timestamp.Zero"/> where that is not known any more.</summary>
    public Timestamp SubmittedAt { get; init; }
}
