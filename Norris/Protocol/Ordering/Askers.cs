using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// The candidates that asked for this node's promise since it came in, as far as it does not know them from the log: when it stands itself, it
/// asks them as well. Bounded: the one that asked first is forgotten first.
/// <para>Prevents: n lags, promises candidate c, whom it cannot know yet, and c reigns without it, since nobody has what n lacks; c dies; n, who
/// knows only the dead, goes on alone beside d and e, who asked it a moment ago.</para>
/// </summary>
internal sealed class Askers
{
    private readonly List<(MemberId Id, string Address)> _all = [];

    /// <summary>Who asked, and where it is reached.</summary>
    public IReadOnlyList<(MemberId Id, string Address)> All => _all;

    /// <summary>How far the furthest of all that asked had the log, whether known or not.</summary>
    public SequenceNumber Furthest { get; private set; }

    /// <summary>A candidate asks.</summary>
    public void Heard(TakeoverRequest request, View view)
    {
        Furthest = request.Position.Sequence > Furthest ? request.Position.Sequence : Furthest;
        _all.RemoveAll(asker => asker.Id == request.Member);
        if (view.Find(request.Member) is null)
        {
            if (_all.Count == QueueLimits.AskersMax)
            {
                _all.RemoveAt(0);
            }
            _all.Add((request.Member, request.Address));
        }
    }

    /// <summary>This node goes on from another log.</summary>
    public void Clear()
    {
        _all.Clear();
        Furthest = SequenceNumber.None;
    }
}
