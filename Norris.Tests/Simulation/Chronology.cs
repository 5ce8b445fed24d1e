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
    private readonly Dictionary<(int Host, Epoch Epoch, MemberId Author, SequenceNumber JoinedAt), Timestamp> _effective = [];

    /// <summary>A host took these entries in.</summary>
    public void Arrived(SimulatedNode host, ReadOnlySpan<byte> entries)
    {
        Epoch epoch = host.Core.View.Epoch;
        while (Entry.TryRead(entries, out Entry entry))
        {
            if (cluster.History.Find(entry.Author, entry.Number) is { } submitted && host.Core.View.Find(entry.Author) is { } author
                // What a guest says behind its goodbye is not taken in; what the host itself sent before it was host, and somebody passes on to it
                // late, it took in by itself.
                && !author.IsLocal && author.LastNumber < entry.Number && entry.Number <= author.Intake.Number && Find(host, submitted, author) is null)
            {
                Timestamp floor = entry.Type == EntryType.Left && host.Core.View.Find(entry.Subject) is { } subject
                    ? _effective.GetValueOrDefault((host.Index, epoch, subject.Id, subject.JoinedAt))
                    : Timestamp.Zero;
                Arrived(host, submitted, Timestamp.Max(submitted.SentAt, floor));
            }
            entries = entries[entry.Bytes.Length..];
        }
    }

    /// <summary>A host took in what its own people submitted.</summary>
    public void Arrived(SimulatedNode host, Submitted submitted, Timestamp sentAt)
    {
        if (host.Core.View.Find(submitted.Author) is not { } author)
        {
            return;
        }
        Timestamp now = host.Core.NetworkNow;
        Epoch epoch = host.Core.View.Epoch;
        ref Timestamp effective = ref CollectionsMarshal.GetValueRefOrAddDefault(
            _effective, (host.Index, epoch, submitted.Author, author.JoinedAt), out _);
        effective = Timestamp.Max(Timestamp.Min(sentAt, now), effective);
        submitted.Arrivals = new Arrival(host, epoch, author.JoinedAt, now, effective, submitted.Arrivals);
    }

    /// <summary>A host gave a submission its place.</summary>
    public void Check(SimulatedNode host, HistoryEntry entry, Submitted submitted)
    {
        Reign reign = entry.Reign;
        if (host.Core.Self != reign.Host || host.Core.View.Find(submitted.Author) is not { } author || Find(host, submitted, author) is not { } arrival)
        {
            return;
        }
        Timestamp before = entry.Parent!.Time;
        cluster.Check(
            entry.Time == Timestamp.Max(arrival.Effective, before), host,
            $"{entry} has the time {entry.Time}, but was sent at {arrival.Effective} and follows {before} (P2)");
        if (cluster.Plan.WindowMicroseconds is not { } window)
        {
            return;
        }
        cluster.Check(
            arrival.Effective >= reign.LatestSent || arrival.At >= reign.LatestSent.Plus(window), host,
            $"{entry} comes after one that was sent later, though it arrived within the window (P2)");
        if (arrival.Effective.Plus(window) <= reign.EndsAt)
        {
            reign.LatestSent = Timestamp.Max(reign.LatestSent, arrival.Effective);
        }
    }

    /// <summary>How it was taken in here, in this reign, from this author since it joined.</summary>
    private static Arrival? Find(SimulatedNode host, Submitted submitted, Member author)
    {
        Arrival? arrival = submitted.Arrivals;
        while (arrival is not null && (arrival.Host != host || arrival.Epoch != host.Core.View.Epoch || arrival.JoinedAt != author.JoinedAt))
        {
            arrival = arrival.Before;
        }
        return arrival;
    }
}
