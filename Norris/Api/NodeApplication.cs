using Norris.Http;
using Norris.Node;

namespace Norris.Api;

/// <summary>All that a node answers over HTTP: what no page from elsewhere may ask is refused here, before any resource hears of it.</summary>
/// <param name="node">Who answers.</param>
/// <param name="time">For what takes time.</param>
/// <param name="names">Host names that the node goes by, beside its addresses: see <see cref="SiteGate"/>.</param>
/// <param name="next">Who answers what is let through; null for all routes of a node of an open network.</param>
internal sealed class NodeApplication(NodeLoop node, TimeProvider time, IEnumerable<string>? names = null, HttpHandler? next = null)
{
    private readonly SiteGate _gate = new(names ?? []);
    private readonly HttpHandler _next = next ?? NodeApi.Routes(node, time).HandleAsync;

    /// <summary>Answers one request.</summary>
    public ValueTask AnswerAsync(HttpExchange exchange)
    {
        if (_gate.Judge(exchange) is { } refusal)
        {
            return RefuseAsync(exchange, refusal);
        }
        // Whatever is answered, a page from elsewhere cannot take it in as an image or a script either; but it may look whether somebody is there.
        if (!SiteGate.IsIcon(exchange))
        {
            exchange.SetHeader("Cross-Origin-Resource-Policy"u8, "same-origin"u8);
        }
        return _next(exchange);
    }

    private ValueTask RefuseAsync(HttpExchange exchange, SiteRefusal refusal)
    {
        node.Refusals.Count(refusal == SiteRefusal.UnknownHost ? Refusal.UnknownHost : Refusal.OtherSite);
        return SentAsync(refusal == SiteRefusal.UnknownHost
            ? exchange.RespondProblemAsync(421, SiteGate.HostDetail)
            : exchange.RespondProblemAsync(403, SiteGate.SiteDetail));
    }

    private static async ValueTask SentAsync(ValueTask<bool> response) => await response;
}
