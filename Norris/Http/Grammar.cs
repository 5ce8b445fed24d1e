using System.Buffers;
using System.Net;

namespace Norris.Http;

/// <summary>The character sets and small productions of RFC 9110, 9112 and 3986 that the parsers share.</summary>
internal static class Grammar
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string Unreserved = Alphanumeric + "-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    // tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." / "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
    private static readonly SearchValues<byte> _tokenBytes = Set(Alphanumeric + "!#$%&'*+-.^_`|~");

    // pchar = unreserved / pct-encoded / sub-delims / ":" / "@"; the percent sign is looked at more closely
    private static readonly SearchValues<byte> _pathBytes = Set(Unreserved + SubDelimiters + ":@%/");
    private static readonly SearchValues<byte> _queryBytes = Set(Unreserved + SubDelimiters + ":@%/?");
    private static readonly SearchValues<byte> _registeredNameBytes = Set(Unreserved + SubDelimiters + "%");
    private static readonly SearchValues<byte> _addressBytes = Set("0123456789abcdefABCDEF:.");
    private static readonly SearchValues<byte> _digits = Set("0123456789");

    // field-content = VCHAR / obs-text / SP / HTAB; all else is a control character
    private static readonly SearchValues<byte> _controlBytes = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(each => each != '\t').Select(each => (byte)each), 0x7F]);

    /// <summary>token = 1*tchar (RFC 9110 section 5.6.2).</summary>
    public static bool IsToken(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && !bytes.ContainsAnyExcept(_tokenBytes);

    /// <summary>Whether the bytes may stand in a field value or a reason phrase (RFC 9110 section 5.5).</summary>
    public static bool IsFieldValue(ReadOnlySpan<byte> bytes) => !bytes.ContainsAny(_controlBytes);

    /// <summary>Whether all bytes are decimal digits and there is one at least.</summary>
    public static bool IsDigits(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && !bytes.ContainsAnyExcept(_digits);

    /// <summary>absolute-path = 1*( "/" segment ) (RFC 9110 section 4.1).</summary>
    public static RejectionReason CheckPath(ReadOnlySpan<byte> path) =>
        path.IsEmpty || path[0] != '/' || path.ContainsAnyExcept(_pathBytes) ? RejectionReason.TargetMalformed : CheckPercent(path);

    /// <summary>query = *( pchar / "/" / "?" ) (RFC 3986 section 3.4).</summary>
    public static RejectionReason CheckQuery(ReadOnlySpan<byte> query) =>
        query.ContainsAnyExcept(_queryBytes) ? RejectionReason.TargetMalformed : CheckPercent(query);

    /// <summary>Host = uri-host [ ":" port ] (RFC 9110 section 7.2). An empty value is allowed, an empty name with a port is not.</summary>
    public static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty)
        {
            return true;
        }

        int nameEnd;
        if (host[0] == '[')
        {
            int close = host.IndexOf((byte)']');
            if (close < 0 || !IsVersion6Address(host[1..close]))
            {
                return false;
            }

            nameEnd = close + 1;
        }
        else
        {
            int colon = host.IndexOf((byte)':');
            nameEnd = colon < 0 ? host.Length : colon;
            ReadOnlySpan<byte> name = host[..nameEnd];
            if (name.IsEmpty || name.ContainsAnyExcept(_registeredNameBytes) || CheckPercent(name) != RejectionReason.None)
            {
                return false;
            }
        }

        return nameEnd == host.Length || (host[nameEnd] == ':' && IsPort(host[(nameEnd + 1)..]));
    }

    /// <summary>Removes optional white space, OWS = *( SP / HTAB ), from both ends.</summary>
    public static ReadOnlySpan<byte> TrimWhitespace(ReadOnlySpan<byte> bytes) => bytes.Trim(" \t"u8);

    /// <summary>Whether a comma-separated list (RFC 9110 section 5.6.1) has this member, whatever its case.</summary>
    public static bool ListContains(ReadOnlySpan<byte> list, ReadOnlySpan<byte> member)
    {
        foreach (Range range in list.Split((byte)','))
        {
            if (System.Text.Ascii.EqualsIgnoreCase(TrimWhitespace(list[range]), member))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>pct-encoded = "%" HEXDIG HEXDIG (RFC 3986 section 2.1).</summary>
    private static RejectionReason CheckPercent(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'%') is >= 0 and int at)
        {
            if (at + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[at + 1]) || !char.IsAsciiHexDigit((char)bytes[at + 2]))
            {
                return RejectionReason.PercentEncodingMalformed;
            }

            bytes = bytes[(at + 3)..];
        }

        return RejectionReason.None;
    }

    /// <summary>port = *DIGIT (RFC 3986 section 3.2.3), and TCP knows 16 bits.</summary>
    private static bool IsPort(ReadOnlySpan<byte> port) =>
        port.IsEmpty || (IsDigits(port) && port.Length <= 5 && int.Parse(port) <= ushort.MaxValue);

    private static bool IsVersion6Address(ReadOnlySpan<byte> address) =>
        address.Contains((byte)':') && !address.ContainsAnyExcept(_addressBytes) && IPAddress.TryParse(address, out _);

    private static SearchValues<byte> Set(string characters) => SearchValues.Create([.. characters.Select(each => (byte)each)]);
}
