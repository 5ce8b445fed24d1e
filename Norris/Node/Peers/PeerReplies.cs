using System.Globalization;
using System.Text;
using Norris.Http;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Wire;

namespace Norris.Node.Peers;

/// <summary>
/// What nodes answer each other, in HTTP's words. Each refusal has a status of its own, so that the content is for people only.
/// <code>
/// accepted 200 or 204      redirected 307 + Location      relayed 307 + Location + Norris-Relay      busy 503 + Norris-Retry-After-Microseconds
/// busy, and the asker's entry in doubt: Norris-In-Doubt as well      also joining 503 + Norris-Joining-Rank
/// malformed 400   not a member 401   not allowed 403   other rule 406   diverged 409   trimmed 410   host is heard 412
/// other network 417   has a secret 426   another process 421   out of turn 422   other side 424   not in 425
/// </code>
/// </summary>
internal static class PeerReplies
{
    /// <summary>The field that says when to ask a busy node again, finer than Retry-After can.</summary>
    public static ReadOnlySpan<byte> RetryAfterField => "norris-retry-after-microseconds"u8;

    /// <summary>The field in which a node that only joins itself says its rank.</summary>
    public static ReadOnlySpan<byte> JoiningRankField => "norris-joining-rank"u8;

    /// <summary>With 503: who asked to be let in may be in the log by now all the same.</summary>
    public static ReadOnlySpan<byte> InDoubtField => "norris-in-doubt"u8;

    /// <summary>With 307 to who wants the log: the member there is no host, but passes the log on.</summary>
    public static ReadOnlySpan<byte> RelayField => "norris-relay"u8;

    /// <summary>The field that says how many more nodes may pass a request on to the host.</summary>
    public static ReadOnlySpan<byte> HopsField => "norris-hops"u8;

    /// <summary>The field that shows whose a request is that others pass on.</summary>
    public static ReadOnlySpan<byte> ProofField => "norris-proof"u8;

    /// <summary>Its name as text.</summary>
    public const string ProofName = "norris-proof";

    /// <summary>The name as text of the field for hops.</summary>
    public const string HopsName = "norris-hops";

    /// <summary>What a node with a secret answers to who speaks without TLS: 426, Upgrade Required (RFC 9110 section 15.5.22).</summary>
    public const int SecuredStatus = 426;

    /// <summary>The status of a refusal.</summary>
    public static int StatusOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Malformed => 400,
        RefusalReason.NotAMember => 401,
        RefusalReason.NotAllowed => 403,
        RefusalReason.Diverged => 409,
        RefusalReason.Trimmed => 410,
        RefusalReason.OutOfTurn => 422,
        RefusalReason.OtherRule => 406,
        RefusalReason.HostIsHeard => 412,
        RefusalReason.OtherNetwork => 417,
        RefusalReason.AnotherProcess => 421,
        RefusalReason.OtherSide => 424,
        RefusalReason.NotIn => 425,
        _ => 400,
    };

    /// <summary>What a refusal says to people.</summary>
    public static string DetailOf(RefusalReason reason) => reason switch
    {
        RefusalReason.Malformed => "The content is not what the protocol says.",
        RefusalReason.NotAMember => "No member with this id and token is in the view: join first.",
        RefusalReason.NotAllowed => "The content holds an entry that its sender may not submit.",
        RefusalReason.Diverged => "The position is not one of this network's history: join again.",
        RefusalReason.Trimmed => "The log is no longer held from there on: join again, with a gap.",
        RefusalReason.OtherRule => "This network goes by the other --partition rule: start with the same.",
        RefusalReason.HostIsHeard => "The host is heard here: no takeover.",
        RefusalReason.OtherNetwork => "This is the host of another network: join first.",
        RefusalReason.OtherSide => "The position is on another side of this network: the hosts will meet.",
        RefusalReason.NotIn => "This node is no member itself now.",
        RefusalReason.AnotherProcess => "Another process listens here now than the member that was meant.",
        RefusalReason.OutOfTurn => "An earlier entry of the same author is missing: send again from the first that is not in the log.",
        _ => "No.",
    };

    /// <summary>Reads what is no acceptance; null when it is nothing that a node says.</summary>
    public static PeerReply? Read(int status, FieldSection headers) => status switch
    {
        307 when headers.TryGet("location"u8, out ReadOnlySpan<byte> location) => ReadRedirect(location, headers),
        400 => new Refused(RefusalReason.Malformed),
        401 => new Refused(RefusalReason.NotAMember),
        403 => new Refused(RefusalReason.NotAllowed),
        406 => new Refused(RefusalReason.OtherRule),
        409 => new Refused(RefusalReason.Diverged),
        410 => new Refused(RefusalReason.Trimmed),
        412 => new Refused(RefusalReason.HostIsHeard),
        417 => new Refused(RefusalReason.OtherNetwork),
        421 => new Refused(RefusalReason.AnotherProcess),
        422 => new Refused(RefusalReason.OutOfTurn),
        424 => new Refused(RefusalReason.OtherSide),
        425 => new Refused(RefusalReason.NotIn),
        503 when headers.TryGet(JoiningRankField, out ReadOnlySpan<byte> rank)
            && JoiningRank.TryParse(rank, out JoiningRank joining) => new AlsoJoining(joining),
        503 when headers.TryGet(RetryAfterField, out ReadOnlySpan<byte> after)
            && long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds) =>
            new Busy(Math.Clamp(microseconds, 1_000, 5_000_000)) { IsInDoubt = headers.TryGet(InDoubtField, out _) },
        _ => null,
    };

    /// <summary>What an answer means that <see cref="Read"/> makes nothing of.</summary>
    public static ExchangeFailure FailureOf(int status, FieldSection headers) =>
        status == SecuredStatus ? ExchangeFailure.NeedsSecret
        : IsOfAnotherVersion(status, headers) ? ExchangeFailure.OtherVersion
        : ExchangeFailure.NotNorris;

    /// <summary>Whether a response carries this protocol's content.</summary>
    public static bool IsOurs(FieldSection headers) =>
        headers.TryGet("content-type"u8, out ReadOnlySpan<byte> mediaType) && mediaType.SequenceEqual(WireFormat.MediaTypeUtf8);

    /// <summary>
    /// Whether a response that means nothing here is one of a node whose protocol has another number: it does not take this one's content (415), or sends
    /// its own.
    /// </summary>
    public static bool IsOfAnotherVersion(int status, FieldSection headers) =>
        headers.TryGet("content-type"u8, out ReadOnlySpan<byte> mediaType)
        && ((status == 415 && mediaType.StartsWith("application/problem+json"u8)) || (mediaType.StartsWith("application/vnd.norris."u8) && !IsOurs(headers)));

    private static PeerReply? ReadRedirect(ReadOnlySpan<byte> location, FieldSection headers)
    {
        ReadOnlySpan<byte> scheme = "http://"u8;
        if (!location.StartsWith(scheme))
        {
            return null;
        }
        ReadOnlySpan<byte> authority = location[scheme.Length..];
        int slash = authority.IndexOf((byte)'/');
        string address = Encoding.ASCII.GetString(slash < 0 ? authority : authority[..slash]);
        if (!headers.TryGet(RelayField, out ReadOnlySpan<byte> relay))
        {
            return new Redirected(address);
        }
        return MemberId.TryParse(Encoding.ASCII.GetString(relay), out MemberId member) ? new RelayedBy(member, address) : null;
    }
}
