namespace Norris.Http;

/// <summary>The methods of RFC 9110 section 9 and RFC 5789; all else is <see cref="Other"/>. Methods are case-sensitive.</summary>
internal enum RequestMethod
{
    /// <summary>A token that we do not know.</summary>
    Other,

    /// <summary>GET.</summary>
    Get,

    /// <summary>HEAD.</summary>
    Head,

    /// <summary>POST.</summary>
    Post,

    /// <summary>PUT.</summary>
    Put,

    /// <summary>DELETE.</summary>
    Delete,

    /// <summary>PATCH.</summary>
    Patch,

    /// <summary>OPTIONS.</summary>
    Options,

    /// <summary>TRACE.</summary>
    Trace,

    /// <summary>CONNECT.</summary>
    Connect,
}

/// <summary>Methods as they are written.</summary>
internal static class RequestMethods
{
    /// <summary>The method that a token names.</summary>
    public static RequestMethod Parse(ReadOnlySpan<byte> token) => token.Length switch
    {
        3 when token.SequenceEqual("GET"u8) => RequestMethod.Get,
        3 when token.SequenceEqual("PUT"u8) => RequestMethod.Put,
        4 when token.SequenceEqual("POST"u8) => RequestMethod.Post,
        4 when token.SequenceEqual("HEAD"u8) => RequestMethod.Head,
        5 when token.SequenceEqual("PATCH"u8) => RequestMethod.Patch,
        5 when token.SequenceEqual("TRACE"u8) => RequestMethod.Trace,
        6 when token.SequenceEqual("DELETE"u8) => RequestMethod.Delete,
        7 when token.SequenceEqual("OPTIONS"u8) => RequestMethod.Options,
        7 when token.SequenceEqual("CONNECT"u8) => RequestMethod.Connect,
        _ => RequestMethod.Other,
    };

    /// <summary>The token of a method that we know.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="RequestMethod.Other"/> has no token.</exception>
    public static ReadOnlySpan<byte> Token(this RequestMethod method) => method switch
    {
        RequestMethod.Get => "GET"u8,
        RequestMethod.Head => "HEAD"u8,
        RequestMethod.Post => "POST"u8,
        RequestMethod.Put => "PUT"u8,
        RequestMethod.Delete => "DELETE"u8,
        RequestMethod.Patch => "PATCH"u8,
        RequestMethod.Options => "OPTIONS"u8,
        RequestMethod.Trace => "TRACE"u8,
        RequestMethod.Connect => "CONNECT"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Not a method with a token."),
    };

    /// <summary>Whether repeating a request has the effect of sending it once (RFC 9110 section 9.2.2).</summary>
    public static bool IsIdempotent(this RequestMethod method) => method is
        RequestMethod.Get or RequestMethod.Head or RequestMethod.Put or RequestMethod.Delete or
        RequestMethod.Options or RequestMethod.Trace;
}
