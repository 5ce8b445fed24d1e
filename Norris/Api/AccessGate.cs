using System.Net;
using System.Security.Cryptography;
using System.Text;
using Norris.Http;
using Norris.Node;
using Norris.Protocol.Membership;

namespace Norris.Api;

/// <summary>
/// Stands in front of what people and scripts may ask of a node whose network has a secret: they do not show the secret, but the key that the node printed when
/// it started, or the token of a session that was opened with it. Whoever shows the key speaks as the node.
/// </summary>
/// <param name="node">Who has the sessions.</param>
/// <param name="key">The key.</param>
/// <param name="next">Who answers those that are let through.</param>
internal sealed class AccessGate(NodeLoop node, MemberToken key, HttpHandler next)
{
    /// <summary>What is said to who shows neither.</summary>
    public const string Detail =
        "This network has a secret. Send the key that the node printed when it started, behind the # of the page's address: "
        + "'Authorization: Bearer KEY'; or the token of a session that was opened with it. A browser opens the page's whole address.";

    private readonly byte[] _key = Encoding.ASCII.GetBytes(key.ToString());

    /// <summary>The page's address, for a person to open: the key is in its fragment, which browsers send to nobody (RFC 9110 section 4.2.4 and 7.1).</summary>
    /// <param name="place">Where people are served.</param>
    public string LinkTo(IPEndPoint place)
    {
        bool isAny = place.Address.Equals(IPAddress.Any) || place.Address.Equals(IPAddress.IPv6Any);
        var shown = isAny ? new IPEndPoint(IPAddress.Loopback, place.Port) : place;
        return $"http://{shown}/#key={key}";
    }

    /// <summary>Lets through, or answers 401.</summary>
    public async ValueTask HandleAsync(HttpExchange exchange)
    {
        if (IsForAnybody(exchange) || HasKey(exchange) || await HasSessionAsync(exchange))
        {
            await next(exchange);
            return;
        }
        await exchange.UnauthorizedAsync(Detail);
    }

    /// <summary>The page itself and its picture, which say nothing of the network, and what supervisors ask.</summary>
    private static bool IsForAnybody(HttpExchange exchange)
    {
        exchange.IsOwner = false;
        return exchange.Method is RequestMethod.Get or RequestMethod.Head && (exchange.Path.SequenceEqual("/"u8)
            || exchange.Path.SequenceEqual("/healthz"u8) || exchange.Path.SequenceEqual("/readyz"u8) || SiteGate.IsIcon(exchange));
    }

    private bool HasKey(HttpExchange exchange)
    {
        bool isShown = exchange.TryGetHeader("authorization"u8, out ReadOnlySpan<byte> value)
            ? value.Length > 7 && Ascii.EqualsIgnoreCase(value[..7], "bearer "u8) && IsKey(value[7..].Trim((byte)' '))
            : exchange.Path.SequenceEqual("/v1/events"u8) && exchange.TryGetQuery("access_token"u8, out value) && IsKey(value);
        exchange.IsOwner = isShown;
        return isShown;
    }

    private bool IsKey(ReadOnlySpan<byte> shown) => CryptographicOperations.FixedTimeEquals(shown, _key);

    /// <summary>A guest may do what its session is for, and look at the view.</summary>
    private async ValueTask<bool> HasSessionAsync(HttpExchange exchange)
    {
        bool isForGuests = exchange.Path.SequenceEqual("/v1/messages"u8) || exchange.Path.SequenceEqual("/v1/events"u8)
            || exchange.Path.SequenceEqual("/v1/members"u8) || exchange.Path.StartsWith("/v1/guests/"u8);
        MemberToken token = Caller.Of(exchange, mayAskWithToken: true).Token;
        if (!isForGuests || token == MemberToken.None)
        {
            return false;
        }
        var query = new QueryInput<bool>(loop => loop.Guests.Find(token, loop.Now) is not null, false);
        node.Post(query);
        return await query.Answer;
    }
}
