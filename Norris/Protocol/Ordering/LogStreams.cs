using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// The followers that this node serves, each with its place in the log. A follower takes what accumulated since it last took: whoever
/// writes to it decides the pace, and what accumulates while a write is in flight is the next batch.
/// </summary>
internal sealed class LogStreams(CoreState state, FollowerWatch watch)
{
    /// <summary>
    /// A sign of life that was passed on so often is a heartbeat older: nobody knows how long it was on its way.
    /// <para>Prevents, with the majority rule: the host dies, and another process starts on its machine; eight nodes follow it through each other, in a circle
    /// that a sign of life, always as old as at first, goes round for ever; nobody misses the host.</para>
    /// </summary>
    private const int HandsPerHeartbeat = 16;

    private readonly Dictionary<StreamId, LogStream> _byId = [];
    private readonly List<LogStream> _all = [];

    /// <summary>How many followers are served.</summary>
    public int Count => _all.Count;

    /// <summary>
    /// Entries after this one go to <see cref="First"/> alone: while a leaving host makes sure that its successor is the first to know.
    /// Null when everything goes to everybody.
    /// </summary>
    public SequenceNumber? OpenUpTo { get; set; }

    /// <summary>Who gets what is not open to all yet.</summary>
    public MemberId First { get; set; }

    /// <summary>True while this node passes on the log of a host that is another one.</summary>
    public bool IsRelay { get; set; }

    /// <summary>Whether a member follows this node itself, rather than through another one.</summary>
    public bool Serves(MemberId member) => _all.Exists(stream => stream.Member == member);

    /// <summary>
    /// Serves a follower from the entry after its position on, in place of an earlier stream of the same member. Refuses one that asks
    /// for what is not held any more or never was.
    /// </summary>
    public PeerReply Open(Member member, Position after)
    {
        if (Refuses(member, after) is { } refusal)
        {
            return new Refused(refusal);
        }
        EndAllOf(member.Id, StreamEnd.Replaced);
        var stream = new LogStream(state.NextStream(), member.Id)
        {
            Next = after.Sequence.Next,
            LastSent = Timestamp.Zero,
            EndAfter = state.Quorum?.FindLeaver(state.View, member.Id) is null ? null : state.Quorum.LeftAt(member.Id),
        };
        _byId.Add(stream.Id, stream);
        _all.Add(stream);
        return new FollowAccepted(stream.Id);
    }

    /// <summary>Why a member cannot follow from there on, if it cannot.</summary>
    public RefusalReason? Refuses(Member member, Position after)
    {
        Log log = state.Log;
        // P8: what was said before a member came is not for it, also when it was in before that, and away meanwhile.
        if (after.Sequence < log.Before || (after.Sequence < member.JoinedAt && !state.Makes(Mistake.ServesFromBeforeJoining)))
        {
            return RefusalReason.Trimmed;
        }
        bool isOther = after.Sequence > log.Last || (log.DigestAt(after.Sequence) != after.Digest && !state.Makes(Mistake.DoesNotCompareDigests));
        return isOther ? RefusalReason.Diverged : null;
    }

    /// <summary>
    /// Takes what the follower has not been given yet, up to <paramref name="bytesMax"/> bytes of entries but at least one entry; or a
    /// sign of life when one is due. False when there is nothing to send now, or no such stream.
    /// </summary>
    public bool TryTake(StreamId id, int bytesMax, out LogBatch batch)
    {
        batch = default;
        if (!_byId.TryGetValue(id, out LogStream? stream))
        {
            return false;
        }
        Log log = state.Log;
        SequenceNumber last = OpenUpTo is { } open && stream.Member != First ? open : log.Last;
        if (stream.EndAfter is { } end && (state.Quorum is null || state.Committed >= end))
        {
            // With the majority rule it gets everything until it is certain that it is gone: its word on what it has may be needed for that.
            last = end < last ? end : last;
            if (stream.Next > end && (state.Quorum is null || stream.Showable >= end))
            {
                // Prevents: the stream ends before its member heard that its own goodbye is committed, and nobody sees itself leave.
                End(stream, StreamEnd.NotAMember);
                return false;
            }
        }
        if (stream.Next <= log.Before)
        {
            End(stream, StreamEnd.Trimmed);
            return false;
        }
        if (stream.Next <= last)
        {
            LogSlice slice = log.Lease(stream.Next, last, bytesMax);
            batch = new LogBatch(Header(slice.First, slice.Count, slice.Length), slice);
            stream.Next = slice.Last.Next;
            if (state.View.Find(stream.Member) is { } follower)
            {
                follower.Progress.Sent = slice.Last;
            }
            (stream.LastSent, stream.Showable, stream.HostHeardAt) = (state.Now, state.ShowableAnywhere, state.LogHeardAt);
            return true;
        }
        // Prevents: at the lower end of a tree of many levels, each of which holds a sign of life for a heartbeat, the host is missed.
        bool hasNews = IsRelay && state.LogHeardAt.Since(stream.HostHeardAt) >= state.Options.HeartbeatMicroseconds / 2;
        if (hasNews || state.Now.Since(stream.LastSent) >= state.Options.HeartbeatMicroseconds || (state.Quorum is not null && stream.Showable < state.ShowableAnywhere))
        {
            // With the majority rule, what has just been committed is told at once: people wait for it.
            batch = new LogBatch(Header(stream.Next, 0, 0), default);
            (stream.LastSent, stream.Showable, stream.HostHeardAt) = (state.Now, state.ShowableAnywhere, state.LogHeardAt);
            return true;
        }
        return false;
    }

    /// <summary>
    /// When the next sign of life is due; <see cref="Timestamp.Zero"/> when there is no follower. One that is due now is about to be
    /// taken, or cannot be since the connection takes no more: then its next one is not before another heartbeat.
    /// </summary>
    public Timestamp NextHeartbeat()
    {
        Timestamp earliest = Timestamp.Zero;
        foreach (LogStream stream in _all)
        {
            Timestamp due = (stream.LastSent.Plus(state.Options.HeartbeatMicroseconds) > state.Now ? stream.LastSent : state.Now)
                .Plus(state.Options.HeartbeatMicroseconds);
            earliest = earliest == Timestamp.Zero || due < earliest ? due : earliest;
        }
        return earliest;
    }

    /// <summary>The follower's connection is gone.</summary>
    public void Closed(StreamId id)
    {
        if (_byId.Remove(id, out LogStream? stream))
        {
            _all.Remove(stream);
        }
    }

    /// <summary>Ends every stream of a member.</summary>
    public void EndAllOf(MemberId member, StreamEnd reason) => EndWhere(stream => stream.Member == member, reason);

    /// <summary>
    /// A member's left entry is in the log: its streams go up to that, so that it sees itself leave at the same point as everybody else,
    /// and end.
    /// </summary>
    public void EndAllAfter(SequenceNumber left, MemberId member)
    {
        foreach (LogStream stream in _all)
        {
            if (stream.Member == member)
            {
                stream.EndAfter = left;
            }
        }
    }

    /// <summary>
    /// Entries after this one were taken back: who was given any of them has to find out where its log and this one part.
    /// <para>Prevents: a host takes back #95 to #100, which a follower of it has, and passes on the later host's log from #101.</para>
    /// </summary>
    public void EndAllBeyond(SequenceNumber last) => EndWhere(stream => stream.Next > last.Next, StreamEnd.HostChanged);

    /// <summary>Ends every stream.</summary>
    public void EndAll(StreamEnd reason)
    {
        EndWhere(static _ => true, reason);
        OpenUpTo = null;
    }

    private void EndWhere(Predicate<LogStream> isMeant, StreamEnd reason)
    {
        for (int i = _all.Count - 1; i >= 0; i--)
        {
            if (isMeant(_all[i]))
            {
                End(_all[i], reason);
            }
        }
    }

    private void End(LogStream stream, StreamEnd reason)
    {
        Closed(stream.Id);
        state.Effects.EndedStreams.Add(new EndedStream(stream.Id, reason));
    }

    private BatchHeader Header(SequenceNumber first, int count, int bytes) => new(
        state.View.Epoch, first, count, bytes, state.Log.DigestAt(new SequenceNumber(first.Value + (ulong)count - 1)), state.Stable, state.ShowableAnywhere,
        IsRelay ? (uint)Math.Clamp(state.Now.Since(state.LogHeardAt) + (state.Options.HeartbeatMicroseconds / HandsPerHeartbeat), 0, uint.MaxValue) : watch.StalledMicroseconds, !state.HasMajority);

    private sealed class LogStream(StreamId id, MemberId member)
    {
        public StreamId Id { get; } = id;

        public MemberId Member { get; } = member;

        public SequenceNumber Next { get; set; }

        public SequenceNumber? EndAfter { get; set; }

        public Timestamp LastSent { get; set; }

        /// <summary>When the host was heard, as it was told last.</summary>
        public Timestamp HostHeardAt { get; set; }

        /// <summary>What it was told last may be shown.</summary>
        public SequenceNumber Showable { get; set; }
    }
}
