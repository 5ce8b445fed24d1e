using System.Text;

namespace Norris.Api;

/// <summary>Where a page is from, as a browser says in the Referer field (RFC 9110 section 10.1.3): a host and a port. No page can have it say anything else.</summary>
internal readonly record struct PageOrigin
{
    private readonly Uri _uri;

    private PageOrigin(Uri uri) => _uri = uri;

    /// <summary>Reads a Referer field; false when it is of no plain HTTP page.</summary>
    public static bool TryRead(ReadOnlySpan<byte> referer, out PageOrigin origin)
    {
        bool isPage = Uri.TryCreate(Encoding.ASCII.GetString(referer), UriKind.Absolute, out Uri? uri) && uri.Scheme == Uri.UriSchemeHttp && uri.UserInfo.Length == 0;
        origin = isPage ? new PageOrigin(uri!) : default;
        return isPage;
    }

    /// <summary>
    /// Whether a node that is found at an address answers there. What this browser's own machine is called does not matter: nobody else's page is there, and a
    /// node on it may be known to others by another address, but not by another port.
    /// </summary>
    public bool IsAt(string address) =>
        Uri.TryCreate($"http://{address}/", UriKind.Absolute, out Uri? other) && other.Port == _uri.Port && other.AbsolutePath == "/"
        && (_uri.IsLoopback || string.Equals(other.IdnHost, _uri.IdnHost, StringComparison.OrdinalIgnoreCase));
}
