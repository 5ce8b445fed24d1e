using System.Text;
using Norris.Http;

namespace Norris.Api;

/// <summary>
/// Stands before all resources: a page from elsewhere, in the browser of somebody who can reach this node, cannot use it. What a browser
/// says of a page it says in fields that no page can change (Fetch standard, section 2.2.2: forbidden request-headers).
/// <list type="bullet">
/// <item><b>Host</b> is a name that only this node's own network gives it: an address, a name that no public DNS has, or one that its people
/// told it. Prevents DNS rebinding: a page of evil.example has evil.example lead to this node, and is of one origin with it then. Whoever is
/// certainly no browser may use any name: every browser sends Accept-Encoding, and no page can take that away.</item>
/// <item><b>Origin</b>, where there is one, is the authority that is asked (RFC 6454 section 7).</item>
/// <item><b>Sec-Fetch-Site</b> (Fetch Metadata Request Headers), where there is one, is the same origin, or a person who typed or clicked. A page
/// from elsewhere may lead a person to the chat page, and show the page's picture, from which it learns whether the node takes messages and nothing else: so a page of a node that is gone finds another.</item>
/// </list>
/// No answer has a CORS field, so no page from elsewhere ever reads one.
/// </summary>
/// <param name="names">Host names that this node goes by: it was told to advertise or to join through them, or they are its machine's.</param>
internal sealed class SiteGate(IEnumerable<string> names)
{
    /// <summary>What is said to a browser that was led here by a name which others may have given to this node.</summary>
    public const string HostDetail =
        "This node does not go by that name, and a browser may have been led here by a page from elsewhere. Use the node's address, or start it "
        + "with --advertise NAME:PORT, and it goes by that name.";

    /// <summary>What is said to a page from elsewhere.</summary>
    public const string SiteDetail = "A page from another site may not use this node. Open the node's own page, or ask from there.";

    // Names that public DNS does not have: RFC 6761 (localhost), RFC 6762 (local), RFC 8375 (home.arpa), and ICANN's reservation of 2024 (internal).
    private static readonly string[] PrivateSuffixes = [".localhost", ".local", ".home.arpa", ".internal"];

    private readonly HashSet<string> _names = new(names.Select(static name => name.TrimEnd('.')), StringComparer.OrdinalIgnoreCase);

    /// <summary>What a refused request is refused for; null for one that may go on.</summary>
    public SiteRefusal? Judge(HttpExchange exchange)
    {
        if (!exchange.Authority.IsEmpty && !IsOwnName(exchange.Authority) && MayBeBrowser(exchange))
        {
            return SiteRefusal.UnknownHost;
        }
        return IsFromElsewhere(exchange) && !IsHarmless(exchange) ? SiteRefusal.OtherSite : null;
    }

    /// <summary>Whether an authority (RFC 3986 section 3.2) names this node in a way that nobody outside its network can have arranged.</summary>
    private bool IsOwnName(ReadOnlySpan<byte> authority)
    {
        int colon = authority.LastIndexOf((byte)':');
        ReadOnlySpan<byte> host = authority[0] == '[' ? authority : colon < 0 ? authority : authority[..colon];
        host = host.TrimEnd((byte)'.');
        // No top-level domain is a number: what ends with one is an address (WHATWG URL, "ends in a number"). One label is nobody's domain.
        int dot = host.LastIndexOf((byte)'.');
        if (host.IsEmpty || host[0] == '[' || dot < 0 || !host[(dot + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return true;
        }
        string name = Encoding.ASCII.GetString(host);
        return _names.Contains(name) || Array.Exists(PrivateSuffixes, suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
    }

    private static bool MayBeBrowser(HttpExchange exchange) =>
        exchange.TryGetHeader("accept-encoding"u8, out _) || exchange.TryGetHeader("origin"u8, out _) || exchange.TryGetHeader("sec-fetch-site"u8, out _);

    private static bool IsFromElsewhere(HttpExchange exchange)
    {
        if (exchange.TryGetHeader("sec-fetch-site"u8, out ReadOnlySpan<byte> site) && !site.SequenceEqual("same-origin"u8) && !site.SequenceEqual("none"u8))
        {
            return true;
        }
        return exchange.TryGetHeader("origin"u8, out ReadOnlySpan<byte> origin) && !IsOwnOrigin(origin, exchange.Authority);
    }

    /// <summary>Whether an origin is the authority that is asked; with https, where a proxy in front of the node speaks TLS and keeps Host.</summary>
    private static bool IsOwnOrigin(ReadOnlySpan<byte> origin, ReadOnlySpan<byte> authority)
    {
        ReadOnlySpan<byte> rest = origin.StartsWith("http://"u8) ? origin[7..] : origin.StartsWith("https://"u8) ? origin[8..] : default;
        return !rest.IsEmpty && Ascii.EqualsIgnoreCase(rest, authority);
    }

    /// <summary>Whether the page's picture is asked for.</summary>
    public static bool IsIcon(HttpExchange exchange) => Ascii.Equals(exchange.Path, PageResource.IconPath);

    /// <summary>Whether it does no harm all the same: a person is led to the page, or a page looks whether somebody is there.</summary>
    private static bool IsHarmless(HttpExchange exchange)
    {
        if (exchange.Method is not (RequestMethod.Get or RequestMethod.Head) || exchange.TryGetHeader("origin"u8, out _)
            || !exchange.TryGetHeader("sec-fetch-mode"u8, out ReadOnlySpan<byte> mode))
        {
            return false;
        }
        bool isTopLevel = mode.SequenceEqual("navigate"u8) && exchange.TryGetHeader("sec-fetch-dest"u8, out ReadOnlySpan<byte> target) && target.SequenceEqual("document"u8);
        return (isTopLevel && exchange.Path.SequenceEqual("/"u8)) || (mode.SequenceEqual("no-cors"u8) && IsIcon(exchange));
    }
}

/// <summary>Why a request that a browser may have sent is refused.</summary>
internal enum SiteRefusal
{
    /// <summary>The node does not go by the name in Host.</summary>
    UnknownHost,

    /// <summary>A page from elsewhere sent it.</summary>
    OtherSite,
}
