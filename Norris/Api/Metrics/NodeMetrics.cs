using System.Globalization;
using System.Text;
using Norris.Node;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Api.Metrics;

/// <summary>Everything that a node counts and measures, by name. <c>Api/README.md</c> has what the names mean to people.</summary>
internal static class NodeMetrics
{
    /// <summary>Writes all of it, on the loop.</summary>
    public static MetricsWriter Write(NodeLoop loop)
    {
        var metrics = new MetricsWriter();
        WriteNode(metrics, loop);
        WriteOrder(metrics, loop);
        WriteWaiting(metrics, loop);
        WriteDelays(metrics, loop);
        WriteTroubles(metrics, loop.Counters);
        WriteHttp(metrics, loop);
        WriteSegment(metrics, loop);
        WriteProcess(metrics);
        return metrics;
    }

    /// <summary>What a role is called, here and in <c>/healthz</c>.</summary>
    public static string Word(NodeRole role) => role switch
    {
        NodeRole.Idle => "idle",
        NodeRole.Joining => "joining",
        NodeRole.Following => "following",
        NodeRole.TakingOver => "taking-over",
        NodeRole.Hosting => "host",
        NodeRole.HandingOver => "handing-over",
        NodeRole.Merging => "merging",
        _ => "gone",
    };

    private static void WriteNode(MetricsWriter metrics, NodeLoop loop)
    {
        NodeCore core = loop.Core;
        string version = typeof(NodeMetrics).Assembly.GetName().Version?.ToString(3) ?? "";
        metrics.Gauge("norris_build_info", "1, with the version of the program.", "version", [(version, 1)]);
        metrics.Gauge(
            "norris_members", "Members in the view, by kind.", "kind", [("node", core.View.NodeCount), ("guest", core.View.BySeniority.Count - core.View.NodeCount)]);
        metrics.Gauge("norris_role", "1 for what this node does now.", "role", Enum.GetValues<NodeRole>().Select(role => (Word(role), core.Role == role ? 1.0 : 0)));
        metrics.Gauge("norris_host", "1 while this node is the host.", core.Role == NodeRole.Hosting ? 1 : 0);
        metrics.Gauge("norris_ready", "1 while /readyz says so.", Readiness.WhyNot(loop) is null ? 1 : 0);
        metrics.Gauge("norris_majority", "0 while this node's side has no majority, where one is needed.", core.HasMajority ? 1 : 0);
        metrics.Gauge("norris_followers", "Followers that this node serves.", core.FollowerCount);
        metrics.Gauge("norris_guest_sessions", "Guests whose sessions this node holds.", loop.Guests.Count);
        metrics.Gauge("norris_clock_offset_seconds", "The network's clock minus this node's own.", core.Clock.OffsetMicroseconds / 1e6);
        metrics.Gauge("norris_round_trip_seconds", "The shortest of the last round trips to the host.", core.Clock.RoundTripMicroseconds / 1e6);
        metrics.Gauge("norris_suspicion_timeout_seconds", "After how long a silent peer is suspected: longer while this machine itself is late.", core.SuspicionMicroseconds / 1e6);
    }

    private static void WriteOrder(MetricsWriter metrics, NodeLoop loop)
    {
        NodeCore core = loop.Core;
        // Alone, there is nobody who might not have it.
        ulong lag = core.View.NodeCount > 1 && core.Position.Sequence > core.Stable ? core.Position.Sequence.Value - core.Stable.Value : 0;
        metrics.Gauge("norris_epoch", "The reign that the log is in.", core.View.Epoch.Value);
        metrics.Gauge("norris_sequence_number", "The last entry of the log here.", core.Position.Sequence.Value);
        metrics.Gauge("norris_delivered_sequence_number", "The last entry that may be shown here.", core.Deliverable.Value);
        metrics.Gauge("norris_stable_sequence_number", "The last entry that every member has, as far as is known here.", core.Stable.Value);
        metrics.Gauge("norris_stable_lag_entries", "Entries of the log here that not every member has, as far as is known here.", lag);
        metrics.Gauge("norris_log_bytes", "Bytes of entries held.", core.Log.BytesHeld);
        metrics.Counter("norris_log_appended_bytes_total", "Bytes of entries ever appended.", core.Log.BytesAppended);
        metrics.Counter(
            "norris_deliveries_total", "Entries delivered to the people and programs at this node.", "type",
            Enum.GetValues<EntryType>().Select(type => (Word(type), (double)loop.Presenter.Meter.Deliveries(type))));
        metrics.Counter(
            "norris_removals_total", "Members that are no more in the view, as it was delivered here.", "reason",
            Enum.GetValues<LeaveReason>().Select(reason => (SnakeCase(reason.ToString()), (double)loop.Presenter.Meter.Removals(reason))));
    }

    private static void WriteWaiting(MetricsWriter metrics, NodeLoop loop)
    {
        NodeCore core = loop.Core;
        QueueFill[] queues = [.. loop.Queues];
        metrics.Gauge("norris_waiting_entries", "Submissions of this node and its guests that wait to be ordered.", core.Waiting.Count);
        metrics.Gauge("norris_waiting_bytes", "Bytes of those.", core.Waiting.Bytes);
        metrics.Gauge("norris_held_back_entries", "Entries in the hold-back queue of this host.", core.HeldBack.Count);
        metrics.Gauge("norris_held_back_bytes", "Bytes of those.", core.HeldBack.Bytes);
        metrics.Gauge("norris_reorder_window_seconds", "How long this host holds a message back.", core.HeldBack.WindowMicroseconds / 1e6);
        metrics.Gauge("norris_queue_bytes", "Bytes that wait, by queue.", "queue", Samples(isInBytes: true, static queue => queue.Fill));
        metrics.Gauge("norris_queue_limit_bytes", "The most that may.", "queue", Samples(isInBytes: true, static queue => queue.Limit));
        metrics.Gauge("norris_queue_entries", "Entries that wait, by queue.", "queue", Samples(isInBytes: false, static queue => queue.Fill));
        metrics.Gauge("norris_queue_limit_entries", "The most that may.", "queue", Samples(isInBytes: false, static queue => queue.Limit));

        IEnumerable<(string, double)> Samples(bool isInBytes, Func<QueueFill, long> what) =>
            queues.Where(queue => queue.IsInBytes == isInBytes).Select(queue => (queue.Name, (double)what(queue)));
    }

    private static void WriteDelays(MetricsWriter metrics, NodeLoop loop)
    {
        NodeCounters counters = loop.Counters;
        metrics.Histogram("norris_submission_delay_seconds", "From taking a submission of this node or its guests to knowing its place.", counters.SubmissionDelay);
        metrics.Histogram("norris_delivery_delay_seconds", "From the time of a message, on the network's clock, to its delivery here.", loop.Presenter.Meter.MessageDelay);
        metrics.Histogram("norris_host_absence_seconds", "From suspecting the host to being in touch with it again, or with another, or being it.", counters.HostLost.Duration);
        metrics.Histogram("norris_takeover_duration_seconds", "From asking the others for the host's part to having it, or to leaving it to another.", counters.Takeovers.Duration);
    }

    private static void WriteTroubles(MetricsWriter metrics, NodeCounters counters)
    {
        metrics.Counter("norris_ordered_submissions_total", "Submissions of this node and its guests that got their place.", counters.OrderedHere);
        metrics.Counter("norris_turned_away_total", "Messages that were not taken because too much waited.", counters.TurnedAway);
        metrics.Counter("norris_host_lost_total", "Times that this node suspected the host: its connection broke, or it was silent.", counters.HostLost.Count);
        metrics.Counter("norris_takeovers_total", "Times that this node missed the host and asked to take over.", counters.Takeovers.Count);
        metrics.Counter("norris_takeovers_won_total", "Times that it became the host by that.", counters.Takeovers.Won);
        metrics.Counter("norris_gaps_total", "Times that this node missed part of the log.", counters.Gaps);
        metrics.Counter("norris_stalls_total", "Times that this node stood still for more than a heartbeat, since its machine was suspended or overloaded.", counters.Stalls.Count);
        metrics.Counter("norris_stall_seconds_total", "For how long it did, altogether.", counters.Stalls.Microseconds / 1e6);
        metrics.Counter("norris_divergences_total", "Times that digests differed. Anything but 0 is a broken order.", counters.Divergences);
    }

    private static void WriteHttp(MetricsWriter metrics, NodeLoop loop)
    {
        metrics.Counter(
            "norris_received_bytes_total", "Bytes received, on connections that others made and that this node made.", "connections",
            [("accepted", loop.Accepted?.ReceivedBytes ?? 0), ("dialed", loop.Dialed.ReceivedBytes)]);
        metrics.Counter(
            "norris_sent_bytes_total", "Bytes sent, on connections that others made and that this node made.", "connections",
            [("accepted", loop.Accepted?.SentBytes ?? 0), ("dialed", loop.Dialed.SentBytes)]);
        metrics.Counter(
            "norris_http_rejected_total", "Requests and connections that no resource saw, since they broke a rule of HTTP or there is none for them, by rule.",
            "reason", loop.RejectedRequests().Select(static each => (each.Reason, (double)each.Count)));
        metrics.Counter(
            "norris_refused_total", "Requests that were turned away, by reason.", "reason", loop.Refusals.All.Select(static each => (each.Reason, (double)each.Count)));
        metrics.Counter(
            "norris_handshakes_total", "TLS handshakes of those who connected to this node as one of its network, by outcome.",
            "outcome", loop.Handshakes().Select(static each => (each.Outcome, (double)each.Count)));
        metrics.Counter(
            "norris_http_problems_total", "Requests that were not answered as they wished, those rejected and redirected included, by status.", "code",
            loop.AnsweredProblems().Select(static each => (each.Status.ToString(CultureInfo.InvariantCulture), (double)each.Count)));
    }

    private static void WriteSegment(MetricsWriter metrics, NodeLoop loop)
    {
        metrics.Counter(
            "norris_segment_datagrams_total", "Multicast datagrams of --join auto: said by this node, and those heard that were malformed or of a network with another secret.",
            "kind", loop.SegmentDatagrams.Select(static each => (each.Kind, (double)each.Count)));
    }

    private static void WriteProcess(MetricsWriter metrics)
    {
        metrics.Gauge("process_resident_memory_bytes", "Memory of the process.", Environment.WorkingSet);
        metrics.Counter("process_cpu_seconds_total", "Processor time of the process.", Environment.CpuUsage.TotalTime.TotalSeconds);
    }

    /// <summary>The word of an event's type in JSON.</summary>
    private static string Word(EntryType type) => type == EntryType.EpochStarted ? "host" : SnakeCase(type.ToString());

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (char each in name)
        {
            text.Append(char.IsUpper(each) && text.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(each));
        }
        return text.ToString();
    }
}
