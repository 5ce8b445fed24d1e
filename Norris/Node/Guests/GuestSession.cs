using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Guests;

/// <summary>A guest's session at this node: what proves it, and when it was last heard of.</summary>
internal sealed class GuestSession : IDisposable
{
    private readonly CancellationTokenSource _ended = new();

    public GuestSession(MemberToken token)
    {
        Token = token;
        Ended = _ended.Token;
    }

    /// <summary>What the guest proves itself with.</summary>
    public MemberToken Token { get; }

    /// <summary>Its member; nobody until its entry is in the log. Another one when the id was taken while the node was away.</summary>
    public MemberId Id { get; set; }

    /// <summary>The id that the guest was told when it came in: what it asks with.</summary>
    public MemberId ToldId { get; set; }

    /// <summary>When it was last heard of, on the node's own clock.</summary>
    public Timestamp HeardAt { get; set; }

    /// <summary>How many event streams it has open; while there is one, it is alive.</summary>
    public int OpenStreams { get; set; }

    /// <summary>True once its leaving is on its way.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Cancelled when the session is over; stays so, for streams that open at that moment.</summary>
    public CancellationToken Ended { get; }

    /// <summary>Ends the streams of the session.</summary>
    public void End() => _ended.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _ended.Dispose();
}
