using Norris.Discovery;
using Norris.Protocol;
using Norris.Protocol.Ordering;

namespace Norris.Node;

/// <summary>
/// A node that finds others on its segment, and is found there. A newcomer tries whom it finds. One that found nobody in a network, and began one,
/// looks on while it is alone, and for a minute after somebody came, so that those who could not hear each other when they started become one network
/// all the same. Then it is found by newcomers only: two networks that have been going on beside each other are not made one by a datagram.
/// </summary>
internal sealed partial class NodeLoop
{
    private const long LooksOnInCompanyMicroseconds = 60_000_000;

    private SegmentSearch? _search;
    private (Standing Standing, bool LooksOn) _told;
    private Timestamp? _companySince;
    private bool _hasBegun;
    private bool _isSettled;

    /// <summary>What is looked for others with; null unless that was asked for.</summary>
    public SegmentSearch? Search => _search;

    /// <summary>How many datagrams of which kind there were on the segment.</summary>
    public IEnumerable<(string Kind, long Count)> SegmentDatagrams =>
        [("said", _search?.Said ?? 0), ("malformed", _search?.Malformed ?? 0), ("other_secret", _search?.OfOthers ?? 0)];

    /// <summary>Has the node find others, and be found, from when it starts. The node disposes of it.</summary>
    public void FindOthers(SegmentSearch search) => Post(new FindInput(search));

    /// <summary>What was answered until now waits for this: before it starts, a node has nothing to do with an address.</summary>
    private void BeginSearch()
    {
        if (Core.Role != NodeRole.Idle)
        {
            _search?.Start(address => Post(new FoundInput(address)));
        }
    }

    /// <summary>Says what has become of this node where others look for it.</summary>
    private void TellSegment()
    {
        if (_search is null)
        {
            return;
        }
        bool isHost = Core.Role == NodeRole.Hosting;
        _isSettled |= Core.Role == NodeRole.Following;
        if (isHost && !_isSettled)
        {
            if (!_hasBegun)
            {
                _hasBegun = true;
                NodeLog.SegmentBegun(_log);
                Presenter.Tell("nobody found on this segment is in a network: started one; others here come in with --join auto");
            }
            if (Core.View.NodeCount > 1)
            {
                _companySince ??= _clock.Now;
                _isSettled = _clock.Now.Since(_companySince.Value) >= LooksOnInCompanyMicroseconds;
            }
        }
        (Standing, bool) now = (new Standing(Core.IsIn, isHost, Core.IsIn ? Core.View.NodeCount : 0), isHost && !_isSettled);
        if (now != _told)
        {
            _told = now;
            _search.Tell(now.Item1, now.Item2);
        }
    }

    /// <summary>Others are to be looked for.</summary>
    private sealed class FindInput(SegmentSearch search) : NodeInput
    {
        public override void Apply(NodeLoop loop)
        {
            loop._search = search;
            loop.BeginSearch();
        }

        public override void Abandon() => search.Dispose();
    }

    /// <summary>Somebody on the segment says that it is at this address.</summary>
    private sealed class FoundInput(string address) : NodeInput
    {
        public override void Apply(NodeLoop loop)
        {
            NodeLog.SegmentFound(loop._log, address);
            loop.Core.FoundAt(address);
        }
    }
}
