using System.Globalization;
using System.Text;
using Norris.Http;
using Norris.Node;
using Norris.Protocol;

namespace Norris.Api;

/// <summary><c>/healthz</c> for whoever watches over the process, and <c>/metrics</c> in Prometheus' text format (version 0.0.4).</summary>
internal sealed class StatusResource(NodeLoop node)
{
    /// <summary>200 while the node is in a view, 503 while it is not: the answer itself shows that it lives.</summary>
    public async ValueTask HealthAsync(HttpExchange exchange)
    {
        var query = new QueryInput<(NodeRole, bool)>(static loop => (loop.Core.Role, loop.Core.HasMajority), (NodeRole.Gone, false));
        node.Post(query);
        (NodeRole role, bool hasMajority) = await query.Answer;
        bool isReady = IsReady(role, hasMajority);
        byte[] body = Encoding.ASCII.GetBytes($"{{\"live\":true,\"ready\":{(isReady ? "true" : "false")},\"role\":\"{Word(role)}\"}}");
        await exchange.RespondAsync(isReady ? 200 : 503, Responses.Json, body);
    }

    /// <summary>Whether a node takes messages.</summary>
    public static bool IsReady(NodeRole role, bool hasMajority) => role is NodeRole.Following or NodeRole.Hosting && hasMajority;

    /// <summary>Everything that the node counts and measures.</summary>
    public async ValueTask MetricsAsync(HttpExchange exchange)
    {
        var query = new QueryInput<string>(static loop => Write(loop), "");
        node.Post(query);
        byte[] body = Encoding.UTF8.GetBytes(await query.Answer);
        await exchange.RespondAsync(200, "text/plain; version=0.0.4; charset=utf-8"u8, body);
    }

    private static string Word(NodeRole role) => role switch
    {
        NodeRole.Idle => "idle",
        NodeRole.Joining => "joining",
        NodeRole.Following => "following",
        NodeRole.Hosting => "host",
        NodeRole.HandingOver => "handing-over",
        _ => "gone",
    };

    private static (string Labels, double Value)[] Samples(QueueFill[] queues, bool isInBytes, Func<QueueFill, long> what) =>
        [.. queues.Where(queue => queue.IsInBytes == isInBytes).Select(queue => ($"{{queue=\"{queue.Name}\"}}", (double)what(queue)))];

    private static string Write(NodeLoop loop)
    {
        NodeCore core = loop.Core;
        var text = new StringBuilder(4096);
        int guests = core.View.BySeniority.Count - core.View.NodeCount;
        Metric("norris_members", "gauge", "Members in the view, by kind.", [("{kind=\"node\"}", core.View.NodeCount), ("{kind=\"guest\"}", guests)]);
        Metric("norris_host", "gauge", "1 while this node is the host.", [("", core.Role == NodeRole.Hosting ? 1 : 0)]);
        Metric("norris_majority", "gauge", "0 while this node's side has no majority, where one is needed.", [("", core.HasMajority ? 1 : 0)]);
        Metric("norris_epoch", "gauge", "The reign that the log is in.", [("", core.View.Epoch.Value)]);
        Metric("norris_sequence_number", "gauge", "The last entry of the log here.", [("", core.Position.Sequence.Value)]);
        Metric("norris_delivered_sequence_number", "gauge", "The last entry that may be shown here.", [("", core.Deliverable.Value)]);
        Metric("norris_stable_sequence_number", "gauge", "The last entry that every member has, as far as is known here.", [("", core.Stable.Value)]);
        Metric("norris_log_bytes", "gauge", "Bytes of entries held.", [("", core.Log.BytesHeld)]);
        Metric("norris_log_bytes_total", "counter", "Bytes of entries ever appended.", [("", core.Log.BytesAppended)]);
        Metric("norris_waiting_entries", "gauge", "Submissions of this node and its guests that wait to be ordered.", [("", core.Waiting.Count)]);
        Metric("norris_waiting_bytes", "gauge", "Bytes of those.", [("", core.Waiting.Bytes)]);
        Metric("norris_held_back_entries", "gauge", "Entries in the hold-back queue of this host.", [("", core.HeldBack.Count)]);
        Metric("norris_held_back_bytes", "gauge", "Bytes of those.", [("", core.HeldBack.Bytes)]);
        Metric("norris_reorder_window_seconds", "gauge", "How long this host holds a message back.", [("", core.HeldBack.WindowMicroseconds / 1e6)]);
        Metric("norris_followers", "gauge", "Followers that this node serves.", [("", core.FollowerCount)]);
        Metric("norris_guest_sessions", "gauge", "Guests whose sessions this node holds.", [("", loop.Guests.Count)]);
        Metric("norris_clock_offset_seconds", "gauge", "The network's clock minus this node's own.", [("", core.Clock.OffsetMicroseconds / 1e6)]);
        Metric("norris_round_trip_seconds", "gauge", "The shortest of the last round trips to the host.", [("", core.Clock.RoundTripMicroseconds / 1e6)]);
        Metric("norris_ordered_submissions_total", "counter", "Submissions of this node and its guests that got their place.", [("", loop.Counters.OrderedHere)]);
        Metric("norris_turned_away_total", "counter", "Messages that were not taken because too much waited.", [("", loop.Counters.TurnedAway)]);
        Metric("norris_host_lost_total", "counter", "Times that this node lost touch with the host.", [("", loop.Counters.HostLost)]);
        Metric("norris_takeovers_total", "counter", "Times that this node missed the host and asked to take over.", [("", loop.Counters.Takeovers)]);
        Metric("norris_gaps_total", "counter", "Times that this node missed part of the log.", [("", loop.Counters.Gaps)]);
        Metric("norris_divergences_total", "counter", "Times that digests differed. Anything but 0 is a broken order.", [("", loop.Counters.Divergences)]);
        Metric("norris_refused_total", "counter", "Requests that were turned away, by reason.", [.. loop.Refusals.All.Select(static refused => ($"{{reason=\"{refused.Reason}\"}}", (double)refused.Count))]);
        Metric("norris_http_rejected_total", "counter", "Requests and connections that were rejected as HTTP, by reason.", [.. loop.RejectedRequests().Select(static rejected => ($"{{reason=\"{rejected.Reason}\"}}", (double)rejected.Count))]);
        QueueFill[] queues = [.. loop.Queues];
        Metric("norris_queue_bytes", "gauge", "Bytes that wait, by queue.", Samples(queues, isInBytes: true, static queue => queue.Fill));
        Metric("norris_queue_limit_bytes", "gauge", "The most that may.", Samples(queues, isInBytes: true, static queue => queue.Limit));
        Metric("norris_queue_entries", "gauge", "Entries that wait, by queue.", Samples(queues, isInBytes: false, static queue => queue.Fill));
        Metric("norris_queue_limit_entries", "gauge", "The most that may.", Samples(queues, isInBytes: false, static queue => queue.Limit));
        Metric("process_resident_memory_bytes", "gauge", "Memory of the process.", [("", Environment.WorkingSet)]);
        return text.ToString();

        void Metric(string name, string type, string help, ReadOnlySpan<(string Labels, double Value)> samples)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
            foreach ((string labels, double value) in samples)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
            }
        }
    }
}
