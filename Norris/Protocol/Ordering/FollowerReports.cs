using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// What this node, as a relay, heard of those that follow through it and did not pass on yet: the last word of each. It holds for one reign
/// and one log.
/// <para>Prevents: c tells relay b that it has #9 of epoch 1; b, under the host of epoch 2, which took #9 back, tells that c has #9.</para>
/// </summary>
internal sealed class FollowerReports(CoreState state)
{
    private readonly List<Word> _words = [];
    private readonly Dictionary<MemberId, int> _places = [];
    private (Epoch Epoch, MemberId Host) _reign;

    /// <summary>Whether there is something to pass on.</summary>
    public bool HasAny => _words.Count > 0;

    /// <summary>A member has everything up to an entry of this log; it said so some microseconds ago.</summary>
    public void Take(MemberId member, SequenceNumber sequence, long ageMicroseconds)
    {
        if (_reign != (state.View.Epoch, state.View.Host))
        {
            Clear();
            _reign = (state.View.Epoch, state.View.Host);
        }
        Timestamp saidAt = state.Now.Plus(-ageMicroseconds);
        if (!_places.TryGetValue(member, out int place))
        {
            _places.Add(member, _words.Count);
            _words.Add(new Word(member, sequence, saidAt));
        }
        else if (saidAt >= _words[place].SaidAt)
        {
            _words[place] = new Word(member, sequence, saidAt);
        }
    }

    /// <summary>What is to be passed on, which is not held any more then: whoever follows through here says it anew in a heartbeat.</summary>
    public IReadOnlyList<PositionReport> TakeAll()
    {
        if (_words.Count == 0)
        {
            return [];
        }
        bool isOld = _reign != (state.View.Epoch, state.View.Host);
        PositionReport[] reports = isOld ? [] : [.. _words.Select(word => new PositionReport(
            word.Member, word.Sequence, (uint)Math.Clamp(state.Now.Since(word.SaidAt), 0, uint.MaxValue)))];
        Clear();
        return reports;
    }

    /// <summary>Forgets all: this log is not what it was.</summary>
    public void Clear()
    {
        _words.Clear();
        _places.Clear();
    }

    private readonly record struct Word(MemberId Member, SequenceNumber Sequence, Timestamp SaidAt);
}
