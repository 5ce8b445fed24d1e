using System.Text;
using Norris.Http;
using Norris.Node.Guests;

namespace Norris.Api;

/// <summary>
/// <c>GET /</c>: the chat page, one file that is part of the program (<c>Api/Page/page.html</c>). It asks nobody but the node that it came from,
/// and runs only what the file itself says: each answer has a nonce of its own (Content Security Policy level 3, section 7.1).
/// </summary>
internal static class PageResource
{
    private const string File = "page.html";

    private static readonly string Template = Read();

    /// <summary>The page.</summary>
    public static async ValueTask GetAsync(HttpExchange exchange)
    {
        string nonce = RandomToken.Next().ToString();
        exchange.SetHeader("Content-Security-Policy"u8, Encoding.ASCII.GetBytes(PolicyOf(nonce)));
        exchange.SetHeader("Referrer-Policy"u8, "no-referrer"u8);
        // The page is as new as the program, and a nonce is for once.
        exchange.SetHeader("Cache-Control"u8, "no-store"u8);
        await exchange.RespondAsync(200, "text/html; charset=utf-8"u8, Encoding.UTF8.GetBytes(Template.Replace("{nonce}", nonce, StringComparison.Ordinal)));
    }

    private static string PolicyOf(string nonce) =>
        $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static string Read()
    {
        using Stream stream = typeof(PageResource).Assembly.GetManifestResourceStream(File)
            ?? throw new InvalidOperationException($"{File} is not part of the program.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
