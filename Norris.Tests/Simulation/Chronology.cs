using System.Runtime.InteropServices;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>
/// P2, exactly: the host gives a message the time at which it was sent, or the last entry's when that is later. And a message that was
/// sent before another, and arrived before that other one's window ended, comes before it.
/// </summary>
internal sealed class Chronology(Cluster cluster)
{
    private readonly Dictionary<(int Host, Epoch Epoch, MemberId Author), Timestamp> _effective = [];

    /// <summary>A host took these entries in.</summary>
    public void Arrived(SimulatedNode host, ReadOnlySpan<byte> entries)
    {
        Epoch epoch = host.Core.View.Epoch;
        while (Entry.TryRead(entries, out Entry entry))
        {
            if (cluster.History.Find(entry.Author, entry.Number) is { } submitted && (submitted.ArrivedAt != host || submitted.ArrivedIn != epoch)
                && host.Core.View.Find(entry.Author) is { } author && author.LastNumber < entry.Number)
            {
                Timestamp floor = entry.Type == EntryType.Left ? _effective.GetValueOrDefault((host.Index, epoch, entry.Subject)) : Timestamp.Zero;
                Arrived(host, submitted, Timestamp.Max(submitted.SentAt, floor));
            }
            entries = entries[entry.Bytes.Length..];
        }
    }

    /// <summary>A host took in what its own people submitted.</summary>
    public void Arrived(SimulatedNode host, Submitted submitted, Timestamp sentAt)
    {
        Timestamp now = host.Core.NetworkNow;
        Epoch epoch = host.Core.View.Epoch;
        ref Timestamp effective = ref CollectionsMarshal.GetValueRefOrAddDefault(_effective, (host.Index, epoch, submitted.Author), out _);
        effective = Timestamp.Max(Timestamp.Min(sentAt, now), effective);
        (submitted.ArrivedAt, submitted.ArrivedIn, submitted.Arrival, submitted.Effective) = (host, epoch, now, effective);
    }

    /// <summary>A host gave a submission its place.</summary>
    public void Check(SimulatedNode host, HistoryEntry entry, Submitted submitted)
    {
        Reign reign = entry.Reign;
        if (submitted.ArrivedAt != host || submitted.ArrivedIn != reign.Epoch || host.Core.Self != reign.Host || submitted.Node.WasRemoved)
        {
            return;
        }
        Timestamp before = entry.Parent!.Time;
        cluster.Check(
            entry.Time == Timestamp.Max(submitted.Effective, before), host,
            $"{entry} has the time {entry.Time}, but was sent at {submitted.Effective} and follows {before} (P2)");
        if (cluster.Plan.WindowMicroseconds is not { } window)
        {
            return;
        }
        cluster.Check(
            submitted.Effective >= reign.LatestSent || submitted.Arrival >= reign.LatestSent.Plus(window), host,
            $"{entry} comes after one that was sent later, though it arrived within the window (P2)");
        if (submitted.Effective.Plus(window) <= reign.EndsAt)
        {
            reign.LatestSent = Timestamp.Max(reign.LatestSent, submitted.Effective);
        }
    }
}
