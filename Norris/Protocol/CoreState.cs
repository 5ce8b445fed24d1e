using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Protocol;

/// <summary>
/// What the roles of a node share: the fold over the log, the log itself, what waits to be submitted, the clocks, and the effects.
/// A role holds what is true only while it lasts; what outlives it is here.
/// </summary>
internal sealed partial class CoreState(NodeCoreOptions options)
{
    private readonly Queue<OrderedSubmission> _confirmations = new();
    private readonly CommittedView? _committedView = options.Partition == PartitionRule.Majority ? new CommittedView() : null;
    private readonly HashSet<MemberId> _former = [];
    private readonly HashSet<ulong> _formerNetworks = [];
    private SequenceNumber _givenOut;
    private SequenceNumber _returnsAt;
    private ulong _lastCall;
    private ulong _lastStream;

    /// <summary>What the node was started with.</summary>
    public NodeCoreOptions Options { get; } = options;

    /// <summary>What the node proves itself with.</summary>
    public MemberToken Token { get; private set; } = options.Token;

    /// <summary>What this core does wrong: nothing, but in tests.</summary>
    public Mistake Mistake { private get; set; }

    /// <summary>Whether this core is a wrong version, and this is what is wrong with it.</summary>
    public bool Makes(Mistake mistake) => Mistakes.ArePossible && Mistake == mistake;

    /// <summary>The node's own clock.</summary>
    public Timestamp Now { get; set; }

    /// <summary>When the host that this node follows was last heard, on the node's own clock.</summary>
    public Timestamp HostHeardAt { get; set; }

    /// <summary>
    /// How old the log is that comes in: when the host was last heard by way of it. Who passes the log on says this, and not when the host was heard
    /// in some other way.
    /// <para>Prevents: b follows through c, and c through b; both speak to the host themselves, tell each other that it was heard just now, and get
    /// nothing of the log, for ever.</para>
    /// </summary>
    public Timestamp LogHeardAt { get; set; }

    /// <summary>How far this node trusts its own suspicions.</summary>
    public LocalHealth Health { get; } = new(options.TimeoutMicroseconds, options.HeartbeatMicroseconds);

    /// <summary>After how long a silent peer is suspected, in microseconds.</summary>
    public long TimeoutMicroseconds => Health.TimeoutMicroseconds;

    /// <summary>The highest epoch that this node has heard of. Never decreases, so that no node reigns twice in the same one.</summary>
    public Epoch HighestEpoch { get; private set; }

    /// <summary>By how much an epoch that somebody claims may be ahead: ten reigns a second for a day are fewer.</summary>
    private const ulong ReachMax = 1 << 20;

    /// <summary>What this node promised last; given up only with its log.</summary>
    public Promise Promise { get; set; }

    /// <summary>
    /// The last numbers that this node said it had sent, when it asked to be let in and heard no answer. A network that did not remember it
    /// may have let its count go on from there, so that a count of just that is no proof that all of it was ordered.
    /// </summary>
    public HashSet<ulong> JoinsInDoubt { get; } = [];

    /// <summary>True once this node wants to leave.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>The hosts that left the turn to this node, since they leave.</summary>
    public HashSet<MemberId> Resigned { get; } = [];

    /// <summary>Where the nodes were that the log lost.</summary>
    public LostMembers Lost { get; } = new();

    /// <summary>Whose word is needed for what; null when every side goes on.</summary>
    public Quorum? Quorum { get; } = options.Partition == PartitionRule.Majority ? new Quorum() : null;

    /// <summary>
    /// With the majority rule: the latest epoch that this node took anything of. It holds what may be committed there, and takes nothing of an
    /// earlier one.
    /// </summary>
    public Epoch FollowedEpoch { get; private set; }

    /// <summary>Nothing of an epoch before this is accepted any more: this node promised, or took something of a later one.</summary>
    public Epoch Fence => Promise.Epoch > FollowedEpoch || Makes(Mistake.ForgetsWhatItFollowed) ? Promise.Epoch : FollowedEpoch;

    /// <summary>The entries up to here may be shown anywhere, as far as this node knows: with the majority rule, a majority has them.</summary>
    public SequenceNumber Committed { get; private set; }

    /// <summary>The entries up to here may be shown by whoever has them: all, unless a majority must have them first.</summary>
    public SequenceNumber ShowableAnywhere => Quorum is null || Log.Last < Committed ? Log.Last : Committed;

    /// <summary>The entries up to here may be shown to the people at this node.</summary>
    public SequenceNumber ShowableHere =>
        RemovedAt != SequenceNumber.None && RemovedAt < ShowableAnywhere && Quorum is not null ? RemovedAt : ShowableAnywhere;

    /// <summary>
    /// With the majority rule: the entry that says that this node is gone, until it is committed that it is in again. What follows is for those who
    /// are in, though this node has it.
    /// </summary>
    public SequenceNumber RemovedAt { get; private set; }

    /// <summary>False once this node found that its side has no majority: then nothing is ordered here, and nothing is taken in.</summary>
    public bool HasMajority { get; private set; } = true;

    /// <summary>What those said that follow through this node.</summary>
    public FollowerReports Reports => field ??= new FollowerReports(this);

    /// <summary>Who asked for this node's promise.</summary>
    public Askers Askers { get; } = new();

    /// <summary>The network's clock.</summary>
    public Timestamp NetworkNow => Clock.At(Now);

    /// <summary>The node's reading of the network's clock.</summary>
    public NetworkClock Clock { get; } = new();

    /// <summary>This node's member; nobody before it joined.</summary>
    public MemberId Self { get; set; }

    /// <summary>Whether this node is, or was, the member that somebody means; one that never was in is the one that its token goes with.</summary>
    public bool IsMeant(MemberId member) => member == Self || _former.Contains(member) || member == Admission.IdFor(Token, 0);

    /// <summary>Whether this node was in that network before it came to its present one.</summary>
    public bool WasIn(ulong network) => _formerNetworks.Contains(network);

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
    public long ShowingLagBytes => Log.BytesHeld > Options.RetentionBytes / 4 ? Log.BytesAfter(Shown) - Log.BytesAfter(Deliverable) : 0;

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

    /// <summary>The guests whose sessions this node holds.</summary>
    public LocalGuests Guests => field ??= new LocalGuests(this);

    /// <summary>Whether the host reached this node at its address when it came in last: else it cannot be host.</summary>
    public bool IsReachable { get; set; } = true;

    /// <summary>Where the node asked to come in: also a way back, when nobody that it knows of is there any more.</summary>
    public IReadOnlyList<string> JoinAddresses { get; set; } = [];

    /// <summary>What people here were shown by logs that were given up.</summary>
    public ShownBefore ShownBefore { get; } = new();

    /// <summary>What the node is to do.</summary>
    public Effects Effects { get; } = new();

    /// <summary>Where this node stands.</summary>
    public Position Position => new(View.Epoch, Log.Last, Log.Digest);

    /// <summary>This node, which never was in, gives up the member that it would have been, and asks as another one from now on.</summary>
    public void BecomeAnother()
    {
        Invariant.Holds(Self.IsNone, "a member stays who it is");
        Token = Token.Another();
    }

    /// <summary>
    /// Whether there cannot have been so many reigns since this node last heard of one. Epochs only grow, so whoever could have a network believe in
    /// the last one that there is would end it.
    /// <para>Prevents: somebody asks n for its promise in epoch 2^64-1; n gives it, and no candidate can ever have a later one.</para>
    /// </summary>
    public bool IsOutOfReach(Epoch epoch) => epoch > HighestEpoch && epoch.Value - HighestEpoch.Value > ReachMax;

    /// <summary>Another node says that it knows of this epoch.</summary>
    public void ToldOf(Epoch epoch)
    {
        if (!IsOutOfReach(epoch))
        {
            Saw(epoch);
        }
    }

    /// <summary>Another node knows of this epoch.</summary>
    public void Saw(Epoch epoch) => HighestEpoch = epoch > HighestEpoch ? epoch : HighestEpoch;

    /// <summary>Adds the addresses of all other nodes that this one knows of, members first, each once.</summary>
    public void AddWays(List<string> addresses)
    {
        // Prevents: a thousand join at once, and each, whenever it is to ask another one for the log, compares a thousand addresses with one another.
        var known = new HashSet<string>(addresses, StringComparer.Ordinal) { Options.Address };
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
            if (known.Add(address))
            {
                addresses.Add(address);
            }
        }
    }

    /// <summary>The last of this node's own entries that it saw in a log, and the last that it sent anywhere, by number.</summary>
    public (ulong Confirmed, ulong Sent) OwnNumbers() => Self.IsNone ? (0, 0) : NumbersOf(Self);

    /// <summary>The same of an author whose entries wait here; zeros of another.</summary>
    public (ulong Confirmed, ulong Sent) NumbersOf(MemberId author)
    {
        if (!Outbox.HasAuthor(author))
        {
            return (0, 0);
        }
        ulong firstWaiting = Outbox.FirstWaiting(author);
        ulong confirmed = (firstWaiting == 0 ? Outbox.NextNumber(author) : firstWaiting) - 1;
        return (confirmed, Math.Max(confirmed, Outbox.LastSent(author)));
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
        bool subjectWasNode = false;
        if (entry.Type == EntryType.Left && View.Find(entry.Subject) is { } leaver)
        {
            subjectWasNode = leaver.Kind == MemberKind.Node;
            ShownBefore.Left(sequence, leaver.Id, leaver.NumberBefore, leaver.LastNumber);
            if (leaver is { IsLocal: true, Kind: MemberKind.Guest })
            {
                Guests.Left(leaver, entry.Reason, isOwnWord: entry.Author == Self);
            }
            if (leaver.Kind == MemberKind.Node && entry.Reason != LeaveReason.Left && leaver.Id != Self)
            {
                Lost.Add(leaver.Id, leaver.Address, isSlow: entry.Reason == LeaveReason.Slow);
            }
        }
        if (!View.TryApply(entry, sequence, out Member? author))
        {
            return false;
        }
        if (entry.Type == EntryType.Joined && entry.JoinedKind == MemberKind.Guest)
        {
            Guests.Joined(View.Find(entry.Subject)!);
        }
        if (entry.Type == EntryType.Joined)
        {
            Lost.Remove(entry.Subject);
        }
        else if (entry.Type == EntryType.EpochStarted)
        {
            Saw(entry.NewEpoch);
            Follows(entry.NewEpoch);
        }
        if (entry.Type is EntryType.Left or EntryType.Joined && entry.Subject == Self)
        {
            if (View.Find(Self) is { } self)
            {
                // It followed the log while it was said to be gone, until it came in again.
                self.IsLocal = true;
            }
            _returnsAt = entry.Type == EntryType.Joined && RemovedAt != SequenceNumber.None ? sequence : SequenceNumber.None;
            RemovedAt = entry.Type == EntryType.Left && RemovedAt == SequenceNumber.None ? sequence : RemovedAt;
        }
        bool areOtherNodes = entry.Type == EntryType.Left ? subjectWasNode : entry.Type == EntryType.Joined && entry.JoinedKind == MemberKind.Node;
        if (Quorum is not null && areOtherNodes)
        {
            if (Makes(Mistake.CountsTheLastViewOnly))
            {
                Quorum.Begin(View, sequence);
            }
            else
            {
                Quorum.Changed(View, sequence);
            }
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
            Timestamp submittedAt = Outbox.Ordered(confirmed.Author, confirmed.Number);
            Effects.Ordered.Add(confirmed with { SubmittedAt = submittedAt });
            if (confirmed.Author == Self && confirmed.Subject != Self)
            {
                Guests.Confirmed(confirmed.Subject);
            }
        }
    }

    /// <summary>
    /// Lets go of what every member has, this node's people included, as far as more is held than is to be. What became deliverable just now is
    /// still to be shown.
    /// </summary>
    public void Trim()
    {
        SequenceNumber shown = Shown < _givenOut ? Shown : _givenOut;
        Log.Trim(Stable < shown && !Makes(Mistake.TrimsWhatIsNotStable) ? Stable : shown, Options.RetentionBytes);
    }

    /// <summary>What is deliverable is shown now, or will be told to have been.</summary>
    public void GiveOut() => _givenOut = Deliverable;

    /// <summary>
    /// Starts from a snapshot as <paramref name="self"/>. False when the snapshot contradicts itself or does not know this node.
    /// Submissions that the snapshot already counts are not sent again; whose they are learns that they have a place, not which.
    /// </summary>
    public bool TryStartFrom(Snapshot snapshot, MemberId self, bool isRemembered)
    {
        bool isSame = IsBoundIn(snapshot);
        if (isSame && snapshot.Position.Epoch < Fence && snapshot.Position.Sequence <= Log.Last)
        {
            // What this node has of a later reign may be committed. One that goes further than its log is of what is committed: only a host of no
            // earlier an epoch than the node promised answers it.
            return false;
        }
        if (snapshot.Members.FirstOrDefault(member => member.Id == self) is not { Kind: MemberKind.Node } listed || listed.Token != Token)
        {
            return false;
        }
        NoteWhatWasShown();
        Reports.Clear();
        _formerNetworks.Add(View.Network);
        Guests.NoteNames();
        isRemembered &= snapshot.Members.All(known => known.Id != self || !JoinsInDoubt.Contains(known.LastNumber));
        (MemberId, string)[] known = [.. View.BySeniority.Where(other => other.Kind == MemberKind.Node && other.Id != Self).Select(static other => (other.Id, other.Address))];
        if (!snapshot.TryRestore(View, Log))
        {
            return false;
        }
        Lost.StartFrom(View, known);
        Member member = View.Find(self)!;
        ForgetSome();
        _confirmations.Clear();
        Guests.Displace(self);
        if (Self != self && !Self.IsNone)
        {
            Outbox.RemoveAuthor(Self);
        }
        Self = self;
        _former.Add(self);
        Majority(isThere: true);
        JoinsInDoubt.Clear();
        Askers.Clear();
        Promise = isSame ? Promise : default;
        FollowedEpoch = isSame ? FollowedEpoch : Epoch.None;
        Follows(View.Epoch);
        Saw(View.Epoch);
        AdoptAuthor(member, isRemembered);
        Guests.StartFrom();
        Outbox.SendAgain();
        Stable = SequenceNumber.None;
        Committed = Log.Last;
        (RemovedAt, _returnsAt) = (SequenceNumber.None, SequenceNumber.None);
        Quorum?.Begin(View, Log.Last);
        _committedView?.Begin(View, Log.Last);
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
        PassOver(Shown, Log.Last);
        foreach (Member member in View.BySeniority)
        {
            ShownBefore.Left(Log.Last, member.Id, member.NumberBefore, member.LastNumber);
        }
        ShownBefore.GiveUp();
    }

    /// <summary>The entries after one and up to another, as far as they are held, are not shown to the people here.</summary>
    private void PassOver(SequenceNumber after, SequenceNumber upTo)
    {
        for (SequenceNumber next = (after < Log.Before ? Log.Before : after).Next; next <= upTo; next = next.Next)
        {
            var entry = new Entry(Log.Read(next, next, 1).Memory.Span);
            ShownBefore.PassedOver(entry.Author, entry.Number);
        }
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
        CountUpTo(member.Id, member.LastNumber, isRemembered);
    }

    /// <summary>An author's entries up to this number are counted where this node is in now: those that wait were ordered, or are in doubt.</summary>
    public void CountUpTo(MemberId author, ulong last, bool isRemembered)
    {
        ulong firstWaiting = Outbox.FirstWaiting(author);
        if (!isRemembered && firstWaiting != 0 && firstWaiting <= last)
        {
            Notify(new InDoubt(author, firstWaiting, last));
        }
        for (ulong number = firstWaiting; isRemembered && number != 0 && number <= last; number++)
        {
            Effects.Ordered.Add(new OrderedSubmission(author, number, View.Epoch, SequenceNumber.None, Log.LastTime, author));
        }
        Outbox.Ordered(author, last);
    }
}
