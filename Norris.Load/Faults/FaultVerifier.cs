namespace Norris.Load.Faults;

/// <summary>What one node went through.</summary>
/// <param name="Lines">What it printed.</param>
/// <param name="Typed">How many messages were typed at it.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Doubtful">How many of its messages it said that nobody knows the fate of.</param>
internal sealed record NodeStory(IReadOnlyList<Printed> Lines, int Typed, NodeFate Fate, int Doubtful = 0);

/// <summary>What was done to a node, which decides what it may miss.</summary>
internal enum NodeFate
{
    /// <summary>Nothing: it must print everything, and everything that it said must be printed.</summary>
    Lives,

    /// <summary>It was cut off and came back: it misses what was said meanwhile, and says so.</summary>
    CameBack,

    /// <summary>Nothing, but it came when others had talked: it must print all that was said since, and all that it said must be printed.</summary>
    CameLater,

    /// <summary>
    /// It was cut off where only a majority goes on, and it is a matter of luck whether the others went on without it: it may miss something,
    /// and says so if it does. All that it printed lasts, and what it said is lost only as far as it says that it is in doubt.
    /// </summary>
    MayHaveMissed,

    /// <summary>It died.</summary>
    Died,
}

/// <summary>
/// Judges what the nodes of a network printed that lost its host: one order for everybody, no hole but where a node says so, nothing
/// twice, each sender's messages in the order in which they were sent, times that never decrease, and nothing lost of those who live.
/// </summary>
internal sealed class FaultVerifier
{
    private const int ViolationsMax = 20;

    private readonly IReadOnlyList<NodeStory> _stories;
    private readonly List<string> _violations = [];
    private readonly Dictionary<ulong, Printed> _order = [];

    private FaultVerifier(IReadOnlyList<NodeStory> stories) => _stories = stories;

    /// <summary>The violations, one a line; none where everything is as promised.</summary>
    public static IReadOnlyList<string> FindViolations(IReadOnlyList<NodeStory> stories)
    {
        var verifier = new FaultVerifier(stories);
        verifier.ReadOrder();
        PlaceVerifier.FindViolations(stories, verifier._order, verifier.Report);
        for (int node = 0; node < stories.Count; node++)
        {
            verifier.FollowPlaces(node);
            verifier.FollowSenders(node);
        }
        verifier.FindLosses();
        return verifier._violations;
    }

    private void Report(string violation)
    {
        if (_violations.Count < ViolationsMax)
        {
            _violations.Add(violation);
        }
    }

    // The order that lasts is that of the nodes that nothing was done to, and of those that print nothing else; they must agree about it
    // place by place.
    private void ReadOrder()
    {
        for (int node = 0; node < _stories.Count; node++)
        {
            if (_stories[node].Fate is not (NodeFate.Lives or NodeFate.MayHaveMissed))
            {
                continue;
            }
            foreach (Printed line in _stories[node].Lines)
            {
                if (line.IsEntry && !_order.TryAdd(line.Entry.Sequence, line) && _order[line.Entry.Sequence].Entry != line.Entry)
                {
                    Report($"position {line.Entry.Sequence}: node {node} printed {line.Entry.Describe()}, another {_order[line.Entry.Sequence].Entry.Describe()}");
                }
            }
        }
    }

    // Position by position: no hole, and a time no earlier than the one before.
    private void FollowPlaces(int node)
    {
        ulong? last = null;
        long time = 0;
        var shown = new HashSet<(int, int)>();
        foreach (Printed line in _stories[node].Lines)
        {
            ulong sequence = line.Entry.Sequence;
            if (!line.IsEntry)
            {
                (last, time) = (sequence, 0);
                continue;
            }
            for (ulong missing = last + 1 ?? sequence; missing < sequence; missing++)
            {
                // What was shown on a side that was given up is not shown again.
                if (!_order.TryGetValue(missing, out Printed passed) || passed.Type != PrintedType.Message || !shown.Contains((passed.Entry.Sender, passed.Entry.Number)))
                {
                    Report($"position {missing}: node {node} printed position {sequence} ({line.Entry.Describe()}) right after position {last}");
                    break;
                }
            }
            if (sequence <= last)
            {
                Report($"position {sequence}: node {node} printed it after position {last}");
            }
            if (line.Entry.TimeTicks < time)
            {
                Report($"position {sequence}: node {node} printed a time {(time - line.Entry.TimeTicks) / TimeSpan.TicksPerMicrosecond} microseconds before that of the position before");
            }
            shown.Add((line.Entry.Sender, line.Entry.Number));
            (last, time) = (sequence, line.Entry.TimeTicks);
        }
        bool hasGap = HasGap(node);
        if (hasGap && _stories[node].Fate is NodeFate.Lives or NodeFate.CameLater)
        {
            Report($"node {node} missed something, though nothing was done to it");
        }
        if (!hasGap && _stories[node].Fate == NodeFate.CameBack)
        {
            Report($"node {node} was away and did not say that it missed anything");
        }
    }

    // Everywhere, each sender's messages appear once and in the order in which it sent them.
    private void FollowSenders(int node)
    {
        int[] last = new int[_stories.Count];
        bool hasMissed = false;
        bool isLater = _stories[node].Fate == NodeFate.CameLater;
        foreach (Printed line in _stories[node].Lines)
        {
            hasMissed |= line.Type == PrintedType.Gap;
            int sender = line.Entry.Sender;
            if (line.Type != PrintedType.Message || sender < 0 || sender >= last.Length)
            {
                continue;
            }
            if (line.Entry.Number <= last[sender])
            {
                Report($"position {line.Entry.Sequence}: node {node} printed {line.Entry.Describe()} after its message {last[sender]}");
            }
            else if (line.Entry.Number != last[sender] + 1 && !hasMissed && !(isLater && last[sender] == 0)
                && _stories[sender] is { Fate: NodeFate.Lives } or { Fate: NodeFate.MayHaveMissed, Doubtful: 0 })
            {
                Report($"position {line.Entry.Sequence}: node {node} printed {line.Entry.Describe()} right after its message {last[sender]}");
            }
            last[sender] = line.Entry.Number;
        }
    }

    private void FindLosses()
    {
        for (int sender = 0; sender < _stories.Count; sender++)
        {
            if (_stories[sender].Fate == NodeFate.Died)
            {
                continue;
            }
            // A node that came back may have missed its own words, but not if nobody else printed them.
            HashSet<int> seen = NumbersAt(sender, sender);
            if (_stories[sender].Fate == NodeFate.CameBack || (_stories[sender].Fate == NodeFate.MayHaveMissed && HasGap(sender)))
            {
                seen.UnionWith(_order.Values.Where(line => line.Type == PrintedType.Message && line.Entry.Sender == sender).Select(line => line.Entry.Number));
            }
            int[] unseen = [.. Enumerable.Range(1, _stories[sender].Typed).Where(number => !seen.Contains(number))];
            if (unseen.Length > _stories[sender].Doubtful)
            {
                Report($"node {sender} did not print {unseen.Length} of the {_stories[sender].Typed} messages that were typed at it, {unseen[0]} to {unseen[^1]} ({_stories[sender].Doubtful} said to be in doubt)");
            }
            for (int node = 0; node < _stories.Count; node++)
            {
                bool hasAll = _stories[node].Fate == NodeFate.Lives || (_stories[node].Fate == NodeFate.MayHaveMissed && !HasGap(node));
                int doubtful = _stories[sender].Fate == NodeFate.MayHaveMissed ? _stories[sender].Doubtful : 0;
                if (hasAll && _stories[sender].Fate is NodeFate.Lives or NodeFate.CameLater or NodeFate.MayHaveMissed && node != sender
                    && NumbersAt(node, sender).Count is int count && (count > _stories[sender].Typed || count < _stories[sender].Typed - doubtful))
                {
                    Report($"node {node} printed {count} of the {_stories[sender].Typed} messages that were typed at node {sender}");
                }
            }
        }
    }

    private bool HasGap(int node) => _stories[node].Lines.Any(line => line.Type == PrintedType.Gap);

    private HashSet<int> NumbersAt(int node, int sender) =>
        [.. _stories[node].Lines.Where(line => line.Type == PrintedType.Message && line.Entry.Sender == sender).Select(line => line.Entry.Number)];
}
