using System.Text;

namespace Norris.Http;

/// <summary>
/// Parses request lines: request-line = method SP request-target SP HTTP-version (RFC 9112 section 3), with one space each,
/// which is all that the grammar allows.
/// </summary>
internal static class RequestLine
{
    /// <summary>Fills the head from the line in its buffer.</summary>
    public static RejectionReason Parse(ReadOnlySpan<byte> line, RequestHead head)
    {
        int methodEnd = line.IndexOf((byte)' ');
        int targetEnd = line.LastIndexOf((byte)' ');
        if (methodEnd <= 0 || targetEnd <= methodEnd + 1)
        {
            return RejectionReason.RequestLineMalformed;
        }

        ReadOnlySpan<byte> method = line[..methodEnd];
        if (!Grammar.IsToken(method))
        {
            return RejectionReason.MethodMalformed;
        }

        head.SetMethod(RequestMethods.Parse(method), ..methodEnd);
        RejectionReason reason = ParseVersion(line[(targetEnd + 1)..], out int minorVersion);
        if (reason != RejectionReason.None)
        {
            return reason;
        }

        head.SetVersion(minorVersion);
        return head.Method == RequestMethod.Connect
            ? RejectionReason.TunnelUnsupported
            : ParseTarget(line[(methodEnd + 1)..targetEnd], methodEnd + 1, head);
    }

    /// <summary>HTTP-version = "HTTP" "/" DIGIT "." DIGIT (RFC 9112 section 2.3). A higher minor version is treated as 1.1.</summary>
    public static RejectionReason ParseVersion(ReadOnlySpan<byte> version, out int minorVersion)
    {
        minorVersion = 1;
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || version[6] != '.' ||
            !char.IsAsciiDigit((char)version[5]) || !char.IsAsciiDigit((char)version[7]))
        {
            return RejectionReason.VersionMalformed;
        }

        minorVersion = version[7] == '0' ? 0 : 1;
        return version[5] == '1' ? RejectionReason.None : RejectionReason.VersionUnsupported;
    }

    /// <summary>request-target = origin-form / absolute-form / asterisk-form (RFC 9112 section 3.2; authority-form is for CONNECT).</summary>
    private static RejectionReason ParseTarget(ReadOnlySpan<byte> target, int offset, RequestHead head)
    {
        if (target[0] == '/')
        {
            return ParsePath(target, offset, head);
        }

        if (target is [(byte)'*'])
        {
            head.SetAsterisk();
            return head.Method == RequestMethod.Options ? RejectionReason.None : RejectionReason.TargetMalformed;
        }

        int schemeLength = StartsWithScheme(target, "http://"u8) ? 7 : StartsWithScheme(target, "https://"u8) ? 8 : 0;
        if (schemeLength == 0)
        {
            return RejectionReason.TargetMalformed;
        }

        // absolute-form: the authority ends at the path or the query; an empty one is no http URI (RFC 9110 section 4.2.1)
        ReadOnlySpan<byte> rest = target[schemeLength..];
        int authorityEnd = rest.IndexOfAny((byte)'/', (byte)'?');
        authorityEnd = authorityEnd < 0 ? rest.Length : authorityEnd;
        if (authorityEnd == 0 || !Grammar.IsHost(rest[..authorityEnd]))
        {
            return RejectionReason.TargetMalformed;
        }

        int authorityStart = offset + schemeLength;
        head.SetAuthority(authorityStart..(authorityStart + authorityEnd));
        if (authorityEnd == rest.Length && head.Method == RequestMethod.Options)
        {
            head.SetAsterisk();
            return RejectionReason.None;
        }

        return ParsePath(rest[authorityEnd..], authorityStart + authorityEnd, head);
    }

    /// <summary>origin-form = absolute-path [ "?" query ]; behind an authority the path may be empty.</summary>
    private static RejectionReason ParsePath(ReadOnlySpan<byte> target, int offset, RequestHead head)
    {
        int question = target.IndexOf((byte)'?');
        int pathLength = question < 0 ? target.Length : question;
        int queryStart = question < 0 ? target.Length : question + 1;
        head.SetPath(
            pathLength == 0 ? default : offset..(offset + pathLength), (offset + queryStart)..(offset + target.Length));
        RejectionReason reason = pathLength == 0 ? RejectionReason.None : Grammar.CheckPath(target[..pathLength]);
        return reason != RejectionReason.None ? reason : Grammar.CheckQuery(target[queryStart..]);
    }

    private static bool StartsWithScheme(ReadOnlySpan<byte> target, ReadOnlySpan<byte> scheme) =>
        target.Length > scheme.Length && Ascii.EqualsIgnoreCase(target[..scheme.Length], scheme);
}
