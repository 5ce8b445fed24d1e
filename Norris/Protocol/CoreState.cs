using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>
/// What the roles of a node share: the fold over the log, the log itself, what waits to be submitted, the clocks, and the effects.
/// A role holds what is true only while it lasts; what outlives it is here.
/// </summary>
internal sealed class CoreState(NodeCoreOptions options)
{
    private readonly Queue<OrderedSubmission> _confirmations = new();
    private ulong _lastCall;
    private ulong _lastStream;

    /// <summary>What the node was started with.</summary>
    public NodeCoreOptions Options { get; } = options;

    /// <summary>What this core does wrong: nothing, but in tests.</summary>
    public Mistake Mistake { private get; set; }

    /// <summary>Whether this core is a wrong version, and this is what is wrong with it.</summary>
    public bool Makes(Mistake mistake) => Mistakes.ArePossible && Mistake == mistake;

    /// <summary>The node's own clock.</summary>
    public Timestamp Now { get; set; }

    /// <summary>When the host that this node follows was last heard, on the node's own clock.</summary>
    public Timestamp HostHeardAt { get; set; }

    /// <summary>How far this node trusts its own suspicions.</summary>
    public LocalHealth Health { get; } = new(options.TimeoutMicroseconds, options.HeartbeatMicroseconds);

    /// <summary>After how long a silent peer is suspected, in microseconds.</summary>
    public long TimeoutMicroseconds => Health.TimeoutMicroseconds;

    /// <summary>The highest epoch that this node has heard of. Never decreases, so that no node reigns twice in the same one.</summary>
    public Epoch HighestEpoch { get; private set; }

    /// <summary>What this node promised last; given up only with its log.</summary>
    public Promise Promise { get; set; }

    /// <summary>
    /// The last numbers that this node said it had sent, when it asked to be let in and heard no answer. A network that did not remember it
    /// may have let its count go on from there, so that a count of just that is no proof that all of it was ordered.
    /// </summary>
    public HashSet<ulong> JoinsInDoubt { get; } = [];

    /// <summary>Where the nodes were that the log lost.</summary>
    public LostMembers Lost { get; } = new();

    /// <summary>The entries up to here may be shown anywhere, as far as this node knows: with the majority rule, a majority has them.</summary>
    public SequenceNumber Committed { get; set; }

    /// <summary>The entries up to here may be shown by whoever has them: all, unless a majority must have them first.</summary>
    public SequenceNumber ShowableAnywhere => Options.Partition == PartitionRule.Continue || Log.Last < Committed ? Log.Last : Committed;

    /// <summary>The network's clock.</summary>
    public Timestamp NetworkNow => Clock.At(Now);

    /// <summary>The node's reading of the network's clock.</summary>
    public NetworkClock Clock { get; } = new();

    /// <summary>This node's member; nobody before it joined.</summary>
    public MemberId Self { get; set; }

    /// <summary>Who is in.</summary>
    public View View { get; } = new();

    /// <summary>What was said.</summary>
    public Log Log { get; } = new();

    /// <summary>Every member has the entries up to here. Never decreases.</summary>
    public SequenceNumber Stable { get; set; }

    /// <summary>The entries up to here may be shown to the people at this node. Never decreases but by a gap's jump forward.</summary>
    public SequenceNumber Deliverable { get; private set; }

    /// <summary>How the people at this node get on with what is deliverable.</summary>
    public ShowingProgress Showing { get; } = new(options.SlowPatienceMicroseconds);

    /// <summary>The people at this node have been shown the entries up to here, or are waited for no more.</summary>
    public SequenceNumber Shown => Showing.At(Deliverable, Now);

    /// <summary>Bytes that the people at this node are still to be shown; 0 when it is too little to matter.</summary>
    public long ShowingLagBytes => Log.BytesHeld > Options.RetentionBytes / 4 ? Log.BytesAfter(Shown) : 0;

    /// <summary>
    /// Where this node stands, as it tells the host: no further than its people have been shown, once they lag, so that the host waits for
    /// them as for a slow node.
    /// </summary>
    public Position Acknowledged
    {
        get
        {
            if (ShowingLagBytes <= Options.RetentionBytes / 4)
            {
                return Position;
            }
            SequenceNumber shown = Shown < Log.Before ? Log.Before : Shown;
            return new Position(View.Epoch, shown, Log.DigestAt(shown));
        }
    }

    /// <summary>What this node and its guests submitted and have not seen in the log.</summary>
    public Outbox Outbox { get; } = new(options.OutboxBytesMax);

    /// <summary>The guests whose sessions this node holds, in the order of joining.</summary>
    public List<MemberId> LocalGuests { get; } = [];

    /// <summary>Where the node asked to come in: also a way back, when nobody that it knows of is there any more.</summary>
    public IReadOnlyList<string> JoinAddresses { get; set; } = [];

    /// <summary>What people here were shown by logs that were given up.</summary>
    public ShownBefore ShownBefore { get; } = new();

    /// <summary>What the node is to do.</summary>
    public Effects Effects { get; } = new();

    /// <summary>Where this node stands.</summary>
    public Position Position => new(View.Epoch, Log.Last, Log.Digest);

    /// <summary>Another node knows of this epoch.</summary>
    public void Saw(Epoch epoch) => HighestEpoch = epoch > HighestEpoch ? epoch : HighestEpoch;

    /// <summary>Adds the addresses of all other nodes that this one knows of, members first, each once.</summary>
    public void AddWays(List<string> addresses)
    {
        foreach (Member member in View.BySeniority)
        {
            if (member.Kind == MemberKind.Node)
            {
                Add(member.Address);
            }
        }
        foreach (string address in JoinAddresses)
        {
            Add(address);
        }

        void Add(string address)
        {
            if (address != Options.Address && !addresses.Contains(address))
            {
                addresses.Add(address);
            }
        }
    }

    /// <summary>The last of this node's own entries that it saw in a log, and the last that it sent anywhere, by number.</summary>
    public (ulong Confirmed, ulong Sent) OwnNumbers()
    {
        if (Self.IsNone || !Outbox.HasAuthor(Self))
        {
            return (0, 0);
        }
        ulong firstWaiting = Outbox.FirstWaiting(Self);
        ulong confirmed = (firstWaiting == 0 ? Outbox.NextNumber(Self) : firstWaiting) - 1;
        return (confirmed, Math.Max(confirmed, Outbox.LastSent(Self)));
    }

    /// <summary>A fresh name for a call of this node's.</summary>
    public CallId Call(string address, PeerRequest request)
    {
        var id = new CallId(++_lastCall);
        Effects.Calls.Add(new OutboundCall(id, address, request));
        return id;
    }

    /// <summary>A fresh name for a stream.</summary>
    public StreamId NextStream() => new(++_lastStream);

    /// <summary>Tells the people at this node.</summary>
    public void Notify(Notice notice) => Effects.Notices.Add(notice);

    /// <summary>
    /// Folds the entry at <paramref name="sequence"/> in and notes what it means for this node's own. False when the entry cannot follow
    /// from the log so far.
    /// </summary>
    public bool TryFold(in Entry entry, SequenceNumber sequence)
    {
        if (entry.Type == EntryType.Left && View.Find(entry.Subject) is { } leaver)
        {
            ShownBefore.Left(leaver.Id, leaver.NumberBefore, leaver.LastNumber);
            if (leaver is { IsLocal: true, Kind: MemberKind.Guest })
            {
                ForgetGuest(entry.Subject, entry.Reason);
            }
            if (leaver.Kind == MemberKind.Node && entry.Reason == LeaveReason.Lost && leaver.Id != Self)
            {
                Lost.Add(leaver.Id, leaver.Address);
            }
        }
        if (!View.TryApply(entry, sequence, out Member? author))
        {
            return false;
        }
        if (entry.Type == EntryType.Joined && entry.JoinedVia == Self && entry.JoinedKind == MemberKind.Guest)
        {
            AdoptGuest(View.Find(entry.Subject)!);
        }
        if (entry.Type == EntryType.Joined)
        {
            Lost.Remove(entry.Subject);
        }
        else if (entry.Type == EntryType.EpochStarted)
        {
            Saw(entry.NewEpoch);
        }
        if (author is { IsLocal: true })
        {
            MemberId subject = entry.Type == EntryType.Message ? author.Id : entry.Subject;
            _confirmations.Enqueue(new OrderedSubmission(author.Id, entry.Number, View.Epoch, sequence, entry.Time, subject));
        }
        return true;
    }

    /// <summary>Moves <see cref="Deliverable"/> forward and confirms what this node and its guests submitted up to there.</summary>
    public void DeliverUpTo(SequenceNumber sequence)
    {
        if (sequence <= Deliverable)
        {
            return;
        }
        Deliverable = sequence;
        while (_confirmations.TryPeek(out OrderedSubmission confirmed) && confirmed.Sequence <= sequence)
        {
            _confirmations.Dequeue();
            Outbox.Ordered(confirmed.Author, confirmed.Number);
            Effects.Ordered.Add(confirmed);
        }
    }

    /// <summary>Lets go of what every member has, this node's people included, as far as more is held than is to be.</summary>
    public void Trim() => Log.Trim(Stable < Shown && !Makes(Mistake.TrimsWhatIsNotStable) ? Stable : Shown, Options.RetentionBytes);

    /// <summary>
    /// Starts from a snapshot as <paramref name="self"/>. False when the snapshot contradicts itself or does not know this node.
    /// Submissions that the snapshot already counts are not sent again; whose they are learns that they have a place, not which.
    /// </summary>
    public bool TryStartFrom(Snapshot snapshot, MemberId self, bool isRemembered)
    {
        NoteWhatWasShown();
        isRemembered &= snapshot.Members.All(known => known.Id != self || !JoinsInDoubt.Contains(known.LastNumber));
        if (!snapshot.TryRestore(View, Log) || View.Find(self) is not { Kind: MemberKind.Node } member || member.Token != Options.Token)
        {
            return false;
        }
        ForgetSome();
        _confirmations.Clear();
        if (Self != self && !Self.IsNone)
        {
            Outbox.RemoveAuthor(Self);
        }
        Self = self;
        JoinsInDoubt.Clear();
        Promise = default;
        Saw(View.Epoch);
        AdoptAuthor(member, isRemembered);
        foreach (MemberId guest in LocalGuests.ToArray())
        {
            if (View.Find(guest) is { } known && known.Via == self)
            {
                AdoptAuthor(known);
            }
            else
            {
                ForgetGuest(guest, LeaveReason.Lost);
            }
        }
        Outbox.SendAgain();
        Stable = SequenceNumber.None;
        Committed = Log.Last;
        Deliverable = Log.Last;
        return true;
    }

    /// <summary>The wrong versions of what a snapshot holds.</summary>
    private void ForgetSome()
    {
        if (Makes(Mistake.SnapshotWithoutDeparted))
        {
            View.Departed.Clear();
        }
        if (Makes(Mistake.SnapshotWithoutNumbers))
        {
            View.BySeniority.ToList().ForEach(static member => member.LastNumber = 0);
        }
    }

    /// <summary>What this log, which is being given up, let the people here see of each author.</summary>
    private void NoteWhatWasShown()
    {
        if (Self.IsNone)
        {
            return;
        }
        var unshown = new HashSet<(MemberId, ulong)>();
        for (SequenceNumber next = (Shown < Log.Before ? Log.Before : Shown).Next; next <= Log.Last; next = next.Next)
        {
            var entry = new Entry(Log.Read(next, next, 1).Memory.Span);
            unshown.Add((entry.Author, entry.Number));
        }
        foreach (Member member in View.BySeniority)
        {
            ShownBefore.Left(member.Id, member.NumberBefore, member.LastNumber);
        }
        ShownBefore.GiveUp(unshown);
    }

    /// <summary>Counts a member's submissions as this node's. What waits and is counted already was ordered, or that is in doubt.</summary>
    public void AdoptAuthor(Member member, bool isRemembered = true)
    {
        member.IsLocal = true;
        if (!Outbox.HasAuthor(member.Id))
        {
            Outbox.AddAuthor(member.Id, member.LastNumber);
            return;
        }
        ulong firstWaiting = Outbox.FirstWaiting(member.Id);
        if (!isRemembered && firstWaiting != 0 && firstWaiting <= member.LastNumber)
        {
            Notify(new InDoubt(member.Id, firstWaiting, member.LastNumber));
        }
        for (ulong number = firstWaiting; isRemembered && number != 0 && number <= member.LastNumber; number++)
        {
            Effects.Ordered.Add(new OrderedSubmission(member.Id, number, View.Epoch, SequenceNumber.None, Log.LastTime, member.Id));
        }
        Outbox.Ordered(member.Id, member.LastNumber);
    }

    private void AdoptGuest(Member member)
    {
        LocalGuests.Add(member.Id);
        AdoptAuthor(member);
    }

    /// <summary>The sessions of this node's guests are over: the log lost the node.</summary>
    public void ForgetGuests()
    {
        foreach (MemberId guest in LocalGuests.ToArray())
        {
            ForgetGuest(guest, LeaveReason.Lost);
        }
    }

    private void ForgetGuest(MemberId guest, LeaveReason reason)
    {
        LocalGuests.Remove(guest);
        Outbox.RemoveAuthor(guest);
        Notify(new GuestGone(guest, reason));
    }
}
