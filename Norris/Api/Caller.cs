using System.Net;
using System.Text;
using Norris.Http;
using Norris.Protocol.Membership;

namespace Norris.Api;

/// <summary>
/// Who asks. A request from the node's own machine speaks as the node; one with a session's token speaks as that guest; anybody else
/// is a stranger, who may look at the view and open a session. Identity is never borrowed.
/// </summary>
internal readonly record struct Caller(bool IsFromOwnMachine, MemberToken Token)
{
    /// <summary>True when the caller may speak and listen: as the node, or as a guest if the token is one.</summary>
    public bool IsSomebody => IsFromOwnMachine || Token != MemberToken.None;

    /// <summary>What a stranger is told.</summary>
    public const string StrangerDetail =
        "Only this node's own machine speaks as the node. Open a session of your own: POST /v1/guests with {\"name\":\"...\"}, "
        + "and send its token as 'Authorization: Bearer TOKEN'.";

    /// <summary>What a caller with a token that is no session's is told.</summary>
    public const string UnknownTokenDetail =
        "No session has this token, or it ended (a minute without a request or an open stream ends it). Open one with POST /v1/guests.";

    /// <summary>
    /// Finds out from the connection and the Authorization field. Whoever shows something that is no token wants to be somebody else
    /// than the node: it is a stranger, wherever it is.
    /// </summary>
    /// <param name="exchange">What is asked.</param>
    /// <param name="mayAskWithToken">
    /// Whether the token may stand in the query instead, as <c>access_token</c> (RFC 6750 section 2.3): a browser's EventSource cannot set fields.
    /// </param>
    public static Caller Of(HttpExchange exchange, bool mayAskWithToken = false)
    {
        MemberToken token = TokenOf(exchange);
        if (exchange.IsOwner == true)
        {
            return new Caller(true, MemberToken.None);
        }
        if (token == MemberToken.None && exchange.TryGetQuery("access_token"u8, out ReadOnlySpan<byte> given))
        {
            return new Caller(false, mayAskWithToken && MemberToken.TryParse(given, out token) ? token : MemberToken.None);
        }
        bool isMistaken = token == MemberToken.None && exchange.TryGetHeader("authorization"u8, out _);
        return new Caller(!isMistaken && exchange.IsOwner is null && IsOwnMachine(exchange.RemoteEndPoint, exchange.LocalEndPoint), token);
    }

    /// <summary>The token in the Authorization field (RFC 6750 section 2.1); none when there is none or it is malformed.</summary>
    public static MemberToken TokenOf(HttpExchange exchange) =>
        exchange.TryGetHeader("authorization"u8, out ReadOnlySpan<byte> value)
        && value.Length > 7 && Ascii.EqualsIgnoreCase(value[..7], "bearer "u8)
        && MemberToken.TryParse(value[7..].Trim((byte)' '), out MemberToken token)
            ? token
            : MemberToken.None;

    /// <summary>Whether a connection between these two ends stays on the machine.</summary>
    public static bool IsOwnMachine(EndPoint? from, EndPoint? to) =>
        from is not IPEndPoint remote
        || IPAddress.IsLoopback(Plain(remote.Address))
        || (to is IPEndPoint local && Plain(local.Address).Equals(Plain(remote.Address)));

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
