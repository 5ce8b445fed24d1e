using System.Text;
using Norris.Http;
using Norris.Node;
using Norris.Node.Guests;
using Norris.Protocol.Membership;

namespace Norris.Api;

/// <summary>
/// <c>GET /</c>: the chat page, one file that is part of the program (<c>Api/Page/page.html</c>). It talks to nobody but the node that it came from,
/// and runs only what the file itself says: each answer has a nonce of its own (Content Security Policy level 3, section 7.1). Of other nodes it
/// asks the picture <c>GET /icon.svg</c> alone, which says that a node is there and in: a page whose node is gone goes on there.
/// </summary>
internal sealed class PageResource(NodeLoop node)
{
    /// <summary>Where the page's picture is: all that pages of other nodes may ask here, beside leading somebody to the page.</summary>
    public const string IconPath = "/icon.svg";

    private static readonly string Template = Encoding.UTF8.GetString(Read("page.html"));

    private static readonly byte[] Icon = Read("icon.svg");

    /// <summary>
    /// The page. It is told whether the browser comes from a page of a node of this network (RFC 9110 section 10.1.3): then it goes on by itself as who it
    /// was there; who comes from anywhere else with somebody's session is asked.
    /// </summary>
    public async ValueTask GetAsync(HttpExchange exchange)
    {
        string nonce = RandomToken.Next().ToString();
        string from = exchange.TryGetHeader("referer"u8, out ReadOnlySpan<byte> referer) && PageOrigin.TryRead(referer, out PageOrigin origin)
            && await IsOfNodeAsync(origin) ? "node" : "";
        exchange.SetHeader("Content-Security-Policy"u8, Encoding.ASCII.GetBytes(PolicyOf(nonce)));
        // The next node is to know where its page came from; nobody learns more than that.
        exchange.SetHeader("Referrer-Policy"u8, "origin"u8);
        // The page is as new as the program, and a nonce is for once.
        exchange.SetHeader("Cache-Control"u8, "no-store"u8);
        string page = Template.Replace("{nonce}", nonce, StringComparison.Ordinal).Replace("{from}", from, StringComparison.Ordinal);
        await exchange.RespondAsync(200, "text/html; charset=utf-8"u8, Encoding.UTF8.GetBytes(page));
    }

    /// <summary>
    /// The page's picture, while the node takes messages; 503 while it does not. A page of another node that shows it has learnt that it can go on here, and
    /// nothing else: browsers keep what else is at an address from pages that are not of it.
    /// </summary>
    public async ValueTask GetIconAsync(HttpExchange exchange)
    {
        var query = new QueryInput<bool>(static loop => Readiness.WhyNot(loop) is null, false);
        node.Post(query);
        if (!await query.Answer)
        {
            await exchange.RefuseAsync(new SubmitResult(SubmitStatus.NotIn, default));
            return;
        }
        exchange.SetHeader("Content-Security-Policy"u8, "default-src 'none'"u8);
        exchange.SetHeader("Cache-Control"u8, "no-store"u8);
        await exchange.RespondAsync(200, "image/svg+xml"u8, Icon);
    }

    private async ValueTask<bool> IsOfNodeAsync(PageOrigin origin)
    {
        var query = new QueryInput<bool>(
            loop => loop.Presenter.Left.Exists(origin.IsAt)
                || loop.Core.View.BySeniority.Any(member => member.Kind == MemberKind.Node && origin.IsAt(member.Address)),
            false);
        node.Post(query);
        return await query.Answer;
    }

    private static string PolicyOf(string nonce) =>
        $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; img-src 'self' http:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static byte[] Read(string file)
    {
        using Stream stream = typeof(PageResource).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"{file} is not part of the program.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
