namespace Norris.Http;

/// <summary>
/// The request line and field section of one request, in memory which the next request on the connection reuses.
/// Spans are valid until then.
/// </summary>
internal sealed class RequestHead
{
    private byte[] _line = [];
    private Range _method;
    private Range _authority;
    private Range _path;
    private Range _query;
    private bool _targetHasAuthority;

    /// <summary>The method.</summary>
    public RequestMethod Method { get; private set; }

    /// <summary>The method's token as it was sent.</summary>
    public ReadOnlySpan<byte> MethodToken => _line.AsSpan(_method);

    /// <summary>Whether the request-target is <c>*</c>: the server itself, not a resource (RFC 9112 section 3.2.4).</summary>
    public bool IsAsterisk { get; private set; }

    /// <summary>The path, percent-encoded as it was sent; <c>/</c> at least, or <c>*</c>.</summary>
    public ReadOnlySpan<byte> Path => IsAsterisk ? "*"u8 : _path.Equals(default(Range)) ? "/"u8 : _line.AsSpan(_path);

    /// <summary>The query without its question mark, percent-encoded as it was sent; may be empty.</summary>
    public ReadOnlySpan<byte> Query => _line.AsSpan(_query);

    /// <summary>Whom the request is for: the authority of an absolute-form target, else Host (RFC 9112 section 3.3); may be empty.</summary>
    public ReadOnlySpan<byte> Authority => _targetHasAuthority ? _line.AsSpan(_authority) : Fields.TryGet("host"u8, out ReadOnlySpan<byte> host) ? host : default;

    /// <summary>The minor version: 0, or 1 for 1.1 and whatever came after it.</summary>
    public int MinorVersion { get; private set; }

    /// <summary>The field section.</summary>
    public FieldSection Fields { get; } = new();

    /// <summary>Makes room for the next request.</summary>
    public void Clear()
    {
        _method = _authority = _path = _query = default;
        _targetHasAuthority = false;
        IsAsterisk = false;
        Method = RequestMethod.Other;
        MinorVersion = 1;
        Fields.Clear();
    }

    /// <summary>The buffer that holds a request line of this length.</summary>
    internal Span<byte> LineBuffer(int length)
    {
        if (_line.Length < length)
        {
            _line = new byte[Math.Max(length, 256)];
        }

        return _line.AsSpan(0, length);
    }

    internal void SetMethod(RequestMethod method, Range token) => (Method, _method) = (method, token);

    internal void SetVersion(int minorVersion) => MinorVersion = minorVersion;

    internal void SetAsterisk() => IsAsterisk = true;

    internal void SetAuthority(Range authority) => (_authority, _targetHasAuthority) = (authority, true);

    internal void SetPath(Range path, Range query) => (_path, _query) = (path, query);
}
