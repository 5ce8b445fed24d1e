using System.Text;

namespace Norris.Http;

/// <summary>A method, a path template such as <c>/v1/members/{id}</c>, and the handler for both.</summary>
internal sealed class Route
{
    private readonly string[] _segments;
    private readonly byte[]?[] _literals;
    private readonly string[] _values;

    internal Route(RequestMethod method, string template, HttpHandler handler, long? contentBytesMax)
    {
        if (!template.StartsWith('/'))
        {
            throw new ArgumentException("A template begins with a slash.", nameof(template));
        }

        Method = method;
        Template = template;
        Handler = handler;
        ContentBytesMax = contentBytesMax;
        _segments = template[1..].Split('/');
        _literals = [.. _segments.Select(each => IsValue(each) ? null : Encoding.UTF8.GetBytes(each))];
        _values = [.. _segments.Where(IsValue).Select(each => each[1..^1])];
        if (_values.Length > Router.RouteValuesMax)
        {
            throw new ArgumentException($"A template has {Router.RouteValuesMax} values at most.", nameof(template));
        }
    }

    /// <summary>The method.</summary>
    public RequestMethod Method { get; }

    /// <summary>The template, as it was given.</summary>
    public string Template { get; }

    /// <summary>Who answers.</summary>
    public HttpHandler Handler { get; }

    /// <summary>Largest content, in place of <see cref="HttpLimits.ContentBytesMax"/>.</summary>
    public long? ContentBytesMax { get; }

    /// <summary>The methods of all routes with this template, as an Allow field lists them.</summary>
    internal byte[] Allow { get; set; } = [];

    /// <summary>The place of a value among the template's values, or -1.</summary>
    internal int IndexOfValue(string name) => Array.IndexOf(_values, name);

    /// <summary>
    /// Whether a path fits the template; literal segments are compared after percent-decoding (RFC 3986 section 6.2.2.2), and
    /// an encoded slash stays within its segment.
    /// </summary>
    /// <param name="path">As it was sent.</param>
    /// <param name="values">Takes the ranges of the path that stand for the template's values.</param>
    internal bool Matches(ReadOnlySpan<byte> path, Span<Range> values)
    {
        int segment = 0;
        int value = 0;
        int start = 1;
        while (start <= path.Length)
        {
            int length = path[start..].IndexOf((byte)'/');
            int end = length < 0 ? path.Length : start + length;
            if (segment == _segments.Length)
            {
                return false;
            }

            if (_literals[segment] is { } literal)
            {
                if (!IsLiteral(path[start..end], literal))
                {
                    return false;
                }
            }
            else if (start == end)
            {
                return false;
            }
            else
            {
                values[value++] = start..end;
            }

            segment++;
            start = end + 1;
        }

        return segment == _segments.Length;
    }

    private static bool IsValue(string segment) => segment.StartsWith('{') && segment.EndsWith('}');

    private static bool IsLiteral(ReadOnlySpan<byte> segment, ReadOnlySpan<byte> literal)
    {
        if (segment.SequenceEqual(literal))
        {
            return true;
        }

        if (!segment.Contains((byte)'%') || segment.Length > literal.Length * 3)
        {
            return false;
        }

        Span<byte> decoded = stackalloc byte[256];
        return segment.Length <= decoded.Length && decoded[..PercentCoding.Decode(segment, decoded)].SequenceEqual(literal);
    }
}
