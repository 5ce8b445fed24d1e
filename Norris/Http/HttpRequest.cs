using System.Text;

namespace Norris.Http;

/// <summary>A request to be sent. It can be sent any number of times.</summary>
/// <param name="method">A known method.</param>
/// <param name="target">The request-target in origin-form: a path and perhaps a query, percent-encoded; or <c>*</c>.</param>
internal sealed class HttpRequest(RequestMethod method, string target)
{
    /// <summary>The method.</summary>
    public RequestMethod Method { get; } = method;

    /// <summary>The request-target.</summary>
    public string Target { get; } = IsTarget(target)
        ? target
        : throw new ArgumentException("Not a path, percent-encoded where RFC 3986 asks for it.", nameof(target));

    /// <summary>The content's media type; null for none.</summary>
    public string? MediaType { get; init; }

    /// <summary>The content; borrowed while the request is sent.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Whether sending the request twice does no harm, so that it may be sent again when a kept connection turns out to be closed.</summary>
    public bool IsIdempotent { get; init; } = method.IsIdempotent();

    /// <summary>Header fields; Host, framing and Connection are the client's own.</summary>
    internal FieldBlock Fields { get; } = new();

    /// <summary>Adds a header field.</summary>
    /// <exception cref="ArgumentException">As <see cref="FieldBlock.Add"/>.</exception>
    public HttpRequest AddHeader(string name, string value)
    {
        Fields.Add(Encoding.ASCII.GetBytes(name), Encoding.UTF8.GetBytes(value));
        return this;
    }

    private static bool IsTarget(string target)
    {
        if (target == "*")
        {
            return true;
        }

        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(target);
        int question = bytes.IndexOf((byte)'?');
        ReadOnlySpan<byte> path = question < 0 ? bytes : bytes[..question];
        ReadOnlySpan<byte> query = question < 0 ? default : bytes[(question + 1)..];
        return Grammar.CheckPath(path) == RejectionReason.None && Grammar.CheckQuery(query) == RejectionReason.None;
    }
}
