using System.Globalization;
using System.Text.Json;

namespace Norris.Load.Nodes;

/// <summary>What a node answers about itself over HTTP.</summary>
/// <param name="address">Where.</param>
/// <param name="key">What is shown there; null in an open network.</param>
internal sealed class NodeStatus(string address, string? key = null) : IDisposable
{
    private static readonly string[] Told = ["sequence_number", "delivered_sequence_number", "stable_sequence_number", "waiting_entries", "held_back_entries", "followers"];

    private readonly HttpClient _client = new()
    {
        BaseAddress = new Uri($"http://{address}"),
        Timeout = TimeSpan.FromSeconds(10),
        DefaultRequestHeaders = { Authorization = key is null ? null : new("Bearer", key) },
    };

    /// <summary>Whether the node answers, and is in a view.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri("/readyz", UriKind.Relative), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The node's view: how far its log goes, and the digest of all of it.</summary>
    public async Task<NodePosition> PositionAsync(CancellationToken cancellation)
    {
        using JsonDocument view = JsonDocument.Parse(await _client.GetByteArrayAsync(new Uri("/v1/members", UriKind.Relative), cancellation));
        JsonElement position = view.RootElement.GetProperty("position");
        return new NodePosition(position.GetProperty("seq").GetUInt64(), position.GetProperty("digest").GetString()!, view.RootElement.GetProperty("members").GetArrayLength());
    }

    /// <summary>All metrics without labels, by their name without <c>norris_</c>.</summary>
    public async Task<Dictionary<string, double>> MetricsAsync(CancellationToken cancellation) =>
        ReadMetrics(await _client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellation));

    /// <summary>Reads Prometheus' text format, as far as a node writes it.</summary>
    public static Dictionary<string, double> ReadMetrics(string text)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words is [var name, var value] && name.StartsWith("norris_", StringComparison.Ordinal) && !name.Contains('{', StringComparison.Ordinal))
            {
                metrics[name["norris_".Length..]] = double.Parse(value, CultureInfo.InvariantCulture);
            }
        }
        return metrics;
    }

    /// <summary>Where the node stands, in one line for people; also if it does not answer.</summary>
    public async Task<string> DescribeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            Dictionary<string, double> metrics = await MetricsAsync(limit.Token);
            return string.Join(", ", Told.Select(name => $"{name} {metrics.GetValueOrDefault(name).ToString(CultureInfo.InvariantCulture)}"));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return "does not answer";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}

/// <summary>Where a node's log ends.</summary>
/// <param name="Sequence">The last entry.</param>
/// <param name="Digest">The digest of all up to it.</param>
/// <param name="Members">How many members the view has.</param>
internal readonly record struct NodePosition(ulong Sequence, string Digest, int Members);
