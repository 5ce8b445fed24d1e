using Norris.Load.Verification;

namespace Norris.Load.Faults;

/// <summary>
/// Judges whether nodes that were on one side printed the same at each place of its log. Sides that are cut off from each other may start
/// the same epoch, each with its own host; the line that began it, where a node printed it, tells which reign a place is of.
/// </summary>
internal sealed class PlaceVerifier
{
    private readonly IReadOnlyDictionary<ulong, Printed> _order;
    private readonly Action<string> _report;
    private readonly Dictionary<(ulong Reign, ulong Epoch, ulong Sequence), (int Node, Delivery Entry)> _places = [];
    private readonly HashSet<ulong> _reigns = [];

    private PlaceVerifier(IReadOnlyDictionary<ulong, Printed> order, Action<string> report) => (_order, _report) = (order, report);

    /// <summary>Reports, a line each, what is not as promised.</summary>
    /// <param name="stories">What the nodes printed.</param>
    /// <param name="order">The order that lasts: what each of its positions holds.</param>
    /// <param name="report">Takes a violation.</param>
    public static void FindViolations(IReadOnlyList<NodeStory> stories, IReadOnlyDictionary<ulong, Printed> order, Action<string> report)
    {
        var verifier = new PlaceVerifier(order, report);
        Stretch[] stretches = [.. stories.SelectMany((story, node) => Stretch.Split(node, story))];
        foreach (Stretch stretch in stretches)
        {
            verifier.Compare(stretch);
        }
        foreach (Stretch stretch in stretches)
        {
            verifier.FindSide(stretch);
        }
    }

    // Where the reign is known: whoever prints a place of it prints the same.
    private void Compare(Stretch stretch)
    {
        ulong? known = stretch.Reign;
        foreach (Printed line in stretch.Lines)
        {
            known = line.Type == PrintedType.Host ? line.Entry.Fingerprint : known;
            if (known is not ulong reign)
            {
                continue;
            }
            _reigns.Add(reign);
            if (!_places.TryAdd((reign, line.Epoch, line.Entry.Sequence), (stretch.Node, line.Entry))
                && _places[(reign, line.Epoch, line.Entry.Sequence)] is var other && other.Entry != line.Entry)
            {
                _report($"position {line.Entry.Sequence} of epoch {line.Epoch}: node {stretch.Node} printed {line.Entry.Describe()}, node {other.Node} {other.Entry.Describe()}");
            }
        }
    }

    // A node that came back is on the side whose order lasts, for good from its last gap on. Between two gaps it may have been on a side that
    // was given up later, as where three sides meet in two steps: then somebody else printed all of it, in one reign.
    private void FindSide(Stretch stretch)
    {
        if (stretch.Reign is not null || stretch.Lines.All(IsLasting))
        {
            return;
        }
        Printed[] unknown = [.. stretch.Lines.TakeWhile(line => line.Type != PrintedType.Host)];
        if (!stretch.IsLast && _reigns.Any(reign => unknown.All(line => IsOf(reign, line))))
        {
            return;
        }
        foreach (Printed line in stretch.Lines.Where(line => !IsLasting(line)))
        {
            _report($"position {line.Entry.Sequence}: node {stretch.Node} came back and printed {line.Entry.Describe()}, the others {_order[line.Entry.Sequence].Entry.Describe()}");
        }
    }

    private bool IsLasting(Printed line) => !_order.TryGetValue(line.Entry.Sequence, out Printed lasting) || lasting.Entry == line.Entry;

    private bool IsOf(ulong reign, Printed line) =>
        _places.TryGetValue((reign, line.Epoch, line.Entry.Sequence), out (int Node, Delivery Entry) other) && other.Entry == line.Entry;

    // The entries that a node printed between two gaps. The reign of the first is known only where nothing was missed before.
    private sealed record Stretch(int Node, ulong? Reign, bool IsLast, IReadOnlyList<Printed> Lines)
    {
        public static IEnumerable<Stretch> Split(int node, NodeStory story)
        {
            ulong? reign = story.Fate == NodeFate.CameLater ? null : 0;
            var lines = new List<Printed>();
            foreach (Printed line in story.Lines)
            {
                if (line.Type == PrintedType.Gap)
                {
                    yield return new Stretch(node, reign, IsLast: false, lines);
                    (reign, lines) = (null, []);
                }
                else if (line.IsEntry)
                {
                    lines.Add(line);
                }
            }
            yield return new Stretch(node, reign, IsLast: true, lines);
        }
    }
}
