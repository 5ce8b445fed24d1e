using System.Text;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Simulation;

/// <summary>One entry of one history: the digest names it and everything before it, so it has one parent.</summary>
internal sealed class HistoryEntry
{
    public required HistoryEntry? Parent { get; init; }

    public required SequenceNumber Sequence { get; init; }

    public required Digest Digest { get; init; }

    public Timestamp Time { get; init; }

    public EntryType Type { get; init; }

    public MemberId Author { get; init; }

    public ulong Number { get; init; }

    public MemberId Subject { get; init; }

    public LeaveReason Reason { get; init; }

    public MemberKind JoinedKind { get; init; }

    /// <summary>Where the subject of a joined entry is; the founder's for the founding entries.</summary>
    public string Address { get; init; } = "";

    /// <summary>A message's first characters, when somebody will want to read them.</summary>
    public string Text { get; init; } = "";

    /// <summary>The reign that this entry was ordered in, or that it starts.</summary>
    public required Reign Reign { get; init; }

    /// <summary>What was submitted; null for what a host decided.</summary>
    public Submitted? Submitted { get; init; }

    /// <summary>The run of history that this entry extends.</summary>
    public required Branch Branch { get; set; }

    /// <summary>The nodes that have or had it in their logs, or came in after it, a bit for each.</summary>
    public ulong HeldBy { get; set; }

    /// <summary>The nodes that showed it to their people, a bit for each.</summary>
    public ulong ShownBy { get; set; }

    public HistoryEntry? FirstChild { get; set; }

    public HistoryEntry? NextSibling { get; set; }

    /// <summary>Takes what a check or a reader needs of an entry's bytes.</summary>
    public static HistoryEntry Of(in Entry entry, HistoryEntry parent, Digest digest, Reign reign, Branch branch, Submitted? submitted, bool withText)
    {
        bool isMessage = entry.Type == EntryType.Message;
        bool isJoined = entry.Type == EntryType.Joined;
        return new HistoryEntry
        {
            Parent = parent,
            Sequence = parent.Sequence.Next,
            Digest = digest,
            Time = entry.Time,
            Type = entry.Type,
            Author = entry.Author,
            Number = entry.Number,
            Subject = isMessage ? MemberId.None : entry.Subject,
            Reason = entry.Type == EntryType.Left ? entry.Reason : default,
            JoinedKind = isJoined ? entry.JoinedKind : default,
            Address = isJoined ? Encoding.UTF8.GetString(entry.JoinedAddress) : "",
            Text = isMessage && withText ? Encoding.UTF8.GetString(entry.Text[..Math.Min(entry.Text.Length, 24)]) : "",
            Reign = reign,
            Branch = branch,
            Submitted = submitted,
        };
    }

    /// <summary>The entry with which its network was founded.</summary>
    public HistoryEntry Founding
    {
        get
        {
            HistoryEntry at = this;
            while (at.Parent?.Parent is not null)
            {
                at = at.Parent;
            }
            return at;
        }
    }

    /// <summary>For the entry that starts an epoch: whether the host before left the reign to this one, for which nobody has to promise anything.</summary>
    public bool IsHandedOver => Parent is { Type: EntryType.Left, Reason: LeaveReason.Left } left && left.Subject == left.Reign.Host;

    /// <summary>Whether this is the other one or comes before it in its history.</summary>
    public bool IsOnWayTo(HistoryEntry other)
    {
        HistoryEntry? at = other;
        while (at is not null && at.Sequence > Sequence)
        {
            at = at.Parent;
        }
        return at == this;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Sequence}/{Digest}: {Type} {(Author.IsNone ? "" : $"{Author}#{Number} ")}{(Subject.IsNone ? "" : $"{Subject} ")}{Text}"
        + $"{(Type == EntryType.Left ? Reason : "")}{(Type == EntryType.EpochStarted ? Reign : "")}";
}

/// <summary>One host's time: from the entry that starts its epoch to the one that starts another.</summary>
internal sealed class Reign(MemberId host, Epoch epoch)
{
    public MemberId Host => host;

    public Epoch Epoch => epoch;

    /// <summary>The latest time of sending among what was ordered, as far as it was ordered after its window (P2).</summary>
    public Timestamp LatestSent { get; set; }

    /// <summary>From here on the host orders without waiting, since it leaves, or its side ends.</summary>
    public Timestamp EndsAt { get; set; } = new(long.MaxValue);

    /// <inheritdoc/>
    public override string ToString() => $"epoch {epoch} of {host}";
}

/// <summary>
/// A history up to one tip, with how far each author is on it. Whoever appends to the tip extends it; whoever appends to an earlier entry
/// starts another.
/// </summary>
internal sealed class Branch
{
    /// <summary>Each author's last number, and whether it came in since: then it may go on from a higher one.</summary>
    private readonly Dictionary<MemberId, (ulong Number, bool MayJump)> _last = [];

    public HistoryEntry? Tip { get; set; }

    /// <summary>The history of what leads to <paramref name="tip"/>.</summary>
    public static Branch From(HistoryEntry tip)
    {
        var branch = new Branch();
        for (HistoryEntry? at = tip; at is not null; at = at.Parent)
        {
            if (at.Type == EntryType.Joined)
            {
                branch._last.TryAdd(at.Subject, (0, true));
            }
            if (!at.Author.IsNone && (!branch._last.TryGetValue(at.Author, out (ulong Number, bool MayJump) last) || (last.MayJump && last.Number == 0)))
            {
                branch._last[at.Author] = (at.Number, last.MayJump);
            }
        }
        return branch;
    }

    /// <summary>Takes the author's next number. False when it is out of turn; then <paramref name="before"/> is the last.</summary>
    public bool TryTake(in Entry entry, out ulong before)
    {
        before = 0;
        if (!entry.Author.IsNone)
        {
            (ulong Number, bool MayJump) last = _last.GetValueOrDefault(entry.Author);
            before = last.Number;
            if (last.MayJump ? entry.Number <= last.Number : entry.Number != last.Number + 1)
            {
                return false;
            }
            _last[entry.Author] = (entry.Number, false);
        }
        if (entry.Type == EntryType.Joined)
        {
            _last[entry.Subject] = (_last.GetValueOrDefault(entry.Subject).Number, true);
        }
        return true;
    }
}
