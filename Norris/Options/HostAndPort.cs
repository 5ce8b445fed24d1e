using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Norris.Options;

/// <summary>
/// Where somebody can be reached: a host (an IP address or a name, not yet resolved) and a port of 0 to 65535. An IPv6
/// address stands in brackets when written with its port: <c>[::1]:7000</c> (RFC 3986, section 3.2.2).
/// </summary>
/// <param name="Host">Without brackets.</param>
/// <param name="Port">0 to 65535.</param>
internal sealed record HostAndPort(string Host, int Port)
{
    /// <summary>The longest host name, in characters (RFC 1035, section 2.3.4).</summary>
    private const int HostCharactersMax = 253;

    /// <summary>The host as an address, when it is one; null when it is a name.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host, out IPAddress? address) ? address : null;

    /// <summary>Reads <c>HOST:PORT</c>; when it is not one, <paramref name="error"/> says what is wrong and what is accepted.</summary>
    public static bool TryParse(string text, int portMin, out HostAndPort? result, out string error)
    {
        result = null;
        int colon = text.LastIndexOf(':');
        bool isBracketed = text.StartsWith('[');
        if (colon < 0 || (isBracketed && colon < text.IndexOf(']', StringComparison.Ordinal)))
        {
            error = "the port is missing, as in 127.0.0.1:7000";
            return false;
        }
        string host = text[..colon];
        if (!isBracketed && host.Contains(':', StringComparison.Ordinal))
        {
            error = "an IPv6 address stands in brackets, as in [::1]:7000";
            return false;
        }
        if (!TryReadHost(host, isBracketed, out string bare))
        {
            error = isBracketed
                ? "there is no IPv6 address between the brackets, as in [::1]:7000"
                : "this is no IP address and no host name, as in 127.0.0.1:7000, [::1]:7000 or example.org:7000";
            return false;
        }
        bool isPort = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        if (!isPort || port < portMin || port > IPEndPoint.MaxPort)
        {
            error = string.Create(CultureInfo.InvariantCulture, $"the port must be {portMin} to 65535, as in 127.0.0.1:7000");
            return false;
        }
        result = new HostAndPort(bare, port);
        error = "";
        return true;
    }

    /// <summary>As it could have been typed.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    private static bool TryReadHost(string host, bool isBracketed, out string bare)
    {
        bare = isBracketed && host.EndsWith(']') ? host[1..^1] : host;
        if (isBracketed)
        {
            return IPAddress.TryParse(bare, out IPAddress? v6) && v6.AddressFamily == AddressFamily.InterNetworkV6;
        }
        // All digits and dots is an address written wrong, never a name: 127.0.0.256, and the short forms (1.2) that read as others.
        bool isNumeric = host.All(c => char.IsAsciiDigit(c) || c == '.');
        return isNumeric
            ? host.Count(c => c == '.') == 3 && IPAddress.TryParse(host, out IPAddress? v4) && v4.ToString() == host
            : IsHostName(host);
    }

    private static bool IsHostName(string host) =>
        host.Length is > 0 and <= HostCharactersMax
        && host.TrimEnd('.').Split('.').All(label =>
            label.Length is > 0 and <= 63 && !label.StartsWith('-')
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
}
