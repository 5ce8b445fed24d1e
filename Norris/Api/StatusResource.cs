using System.Text;
using Norris.Api.Metrics;
using Norris.Http;
using Norris.Node;
using Norris.Protocol;

namespace Norris.Api;

/// <summary>
/// <c>/healthz</c> for whoever starts the process anew when it does not live, <c>/readyz</c> for whoever sends people and programs to nodes, and
/// <c>/metrics</c> in Prometheus' text format.
/// </summary>
internal sealed class StatusResource(NodeLoop node)
{
    /// <summary>200 while the process lives, whatever the network does: an answer at all shows that its loop runs.</summary>
    public async ValueTask HealthAsync(HttpExchange exchange)
    {
        var query = new QueryInput<(NodeRole, bool)>(static loop => (loop.Core.Role, Readiness.WhyNot(loop) is null), (NodeRole.Gone, false));
        node.Post(query);
        (NodeRole role, bool isReady) = await query.Answer;
        await exchange.RespondAsync(
            200, Responses.Json, Encoding.ASCII.GetBytes($"{{\"live\":true,\"ready\":{(isReady ? "true" : "false")},\"role\":\"{NodeMetrics.Word(role)}\"}}"));
    }

    /// <summary>200 while the node is in a view and orders or follows; otherwise 503, with the reason.</summary>
    public async ValueTask ReadyAsync(HttpExchange exchange)
    {
        var query = new QueryInput<(NodeRole, string?)>(static loop => (loop.Core.Role, Readiness.WhyNot(loop)), (NodeRole.Gone, Readiness.Over));
        node.Post(query);
        (NodeRole role, string? whyNot) = await query.Answer;
        if (whyNot is not null)
        {
            exchange.SetHeader("Retry-After"u8, "1"u8);
            await exchange.RespondProblemAsync(503, whyNot);
            return;
        }
        await exchange.RespondAsync(200, Responses.Json, Encoding.ASCII.GetBytes($"{{\"ready\":true,\"role\":\"{NodeMetrics.Word(role)}\"}}"));
    }

    /// <summary>Everything that the node counts and measures.</summary>
    public async ValueTask MetricsAsync(HttpExchange exchange)
    {
        var query = new QueryInput<MetricsWriter?>(NodeMetrics.Write, null);
        node.Post(query);
        byte[] body = (await query.Answer)?.ToUtf8() ?? [];
        await exchange.RespondAsync(200, "text/plain; version=0.0.4; charset=utf-8"u8, body);
    }
}
