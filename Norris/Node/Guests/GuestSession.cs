using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node.Guests;

/// <summary>A guest's session at this node: what proves it, and when it was last heard of.</summary>
internal sealed class GuestSession : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly Queue<ulong> _numbers = [];
    private readonly Dictionary<ulong, Task<SubmitResult>> _posted = [];

    /// <param name="token">What the guest proves itself with.</param>
    /// <param name="from">Where it came from; null when that is this machine.</param>
    public GuestSession(MemberToken token, IPAddress? from = null)
    {
        From = from;
        Token = token;
        Commitment = CommitmentTo(token);
        Ended = _ended.Token;
    }

    /// <summary>Where the guest came from; null when that is this machine.</summary>
    public IPAddress? From { get; }

    /// <summary>What the guest proves itself with.</summary>
    public MemberToken Token { get; }

    /// <summary>
    /// What the network knows of the token: any node can check by it what the guest shows, and none can show it. The first 128 bits of the SHA-256 of
    /// <c>"norris guest 1" 0 token</c>, the token's high half first, in big-endian order.
    /// </summary>
    public MemberToken Commitment { get; }

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

    /// <summary>Of how many of its messages the places are remembered.</summary>
    public int Remembered => _numbers.Count;

    private static MemberToken CommitmentTo(MemberToken token)
    {
        ReadOnlySpan<byte> words = "norris guest 1\0"u8;
        Span<byte> statement = stackalloc byte[words.Length + (2 * sizeof(ulong))];
        words.CopyTo(statement);
        BinaryPrimitives.WriteUInt64BigEndian(statement[words.Length..], token.High);
        BinaryPrimitives.WriteUInt64BigEndian(statement[(words.Length + sizeof(ulong))..], token.Low);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(statement, hash);
        return new MemberToken(BinaryPrimitives.ReadUInt64BigEndian(hash[sizeof(ulong)..]), BinaryPrimitives.ReadUInt64BigEndian(hash));
    }

    /// <summary>What came of the guest's message with this number, or will; null when it was not posted here, or so long ago that it is forgotten.</summary>
    public Task<SubmitResult>? Find(ulong number) => _posted.GetValueOrDefault(number);

    /// <summary>Remembers what came of a message that the guest gave a number, in case it asks again.</summary>
    public void Remember(ulong number, Task<SubmitResult> result)
    {
        if (_numbers.Count == QueueLimits.RememberedMax)
        {
            _posted.Remove(_numbers.Dequeue());
        }
        _numbers.Enqueue(number);
        _posted[number] = result;
    }

    /// <summary>Ends the streams of the session.</summary>
    public void End() => _ended.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _ended.Dispose();
}
