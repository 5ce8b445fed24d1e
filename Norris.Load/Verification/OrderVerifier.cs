namespace Norris.Load.Verification;

/// <summary>
/// Judges what the nodes of a storm printed: everybody the same entries in the same order, each message exactly once, each sender's in
/// the order in which it sent them, and times that never decrease. Knows nothing of processes.
/// </summary>
/// <param name="after">The last entry before the storm: what the storm said stands right after it.</param>
/// <param name="nodes">How many nodes said something.</param>
/// <param name="messages">How many messages each of them said.</param>
internal sealed class OrderVerifier(ulong after, int nodes, int messages)
{
    private readonly int _total = nodes * messages;

    /// <summary>The first violation in one line, or null where everything is as promised.</summary>
    /// <param name="printed">What each node printed, in the order in which it printed it; more may stand before and after the storm.</param>
    public string? FindViolation(IReadOnlyList<IReadOnlyList<Delivery>> printed)
    {
        var storms = new ArraySegment<Delivery>[printed.Count];
        for (int node = 0; node < printed.Count; node++)
        {
            if (FindHole(node, printed[node], out storms[node]) is { } hole)
            {
                return hole;
            }
        }
        return FindDifference(storms) ?? FindDisorder(storms[0]);
    }

    // Printed sequence numbers ascend by one, and reach over the whole storm.
    private string? FindHole(int node, IReadOnlyList<Delivery> printed, out ArraySegment<Delivery> storm)
    {
        storm = default;
        var inside = new Delivery[_total];
        int count = 0;
        for (int i = 0; i < printed.Count; i++)
        {
            if (i > 0 && printed[i].Sequence != printed[i - 1].Sequence + 1)
            {
                return $"position {printed[i - 1].Sequence + 1}: node {node} printed position {printed[i].Sequence} ({printed[i].Describe()}) "
                    + $"right after position {printed[i - 1].Sequence}";
            }
            if (printed[i].Sequence > after && printed[i].Sequence <= after + (ulong)_total)
            {
                inside[count++] = printed[i];
            }
            else if (printed[i].Sender >= 0)
            {
                return $"position {printed[i].Sequence}: node {node} printed {printed[i].Describe()}, outside the {_total} positions of the storm";
            }
        }
        if (count < _total)
        {
            ulong missing = count == 0 || inside[0].Sequence != after + 1 ? after + 1 : inside[count - 1].Sequence + 1;
            return $"position {missing}: node {node} printed {count} of {_total} entries and not this one";
        }
        storm = new ArraySegment<Delivery>(inside, 0, count);
        return null;
    }

    private static string? FindDifference(ArraySegment<Delivery>[] storms)
    {
        for (int i = 0; i < storms[0].Count; i++)
        {
            for (int node = 1; node < storms.Length; node++)
            {
                if (storms[node][i] != storms[0][i])
                {
                    return $"position {storms[0][i].Sequence}: node 0 printed {storms[0][i].Describe()}, node {node} printed {storms[node][i].Describe()}"
                        + (storms[node][i] with { Fingerprint = 0 } == storms[0][i] with { Fingerprint = 0 } ? ", with another line" : "");
                }
            }
        }
        return null;
    }

    private string? FindDisorder(ArraySegment<Delivery> storm)
    {
        int[] last = new int[nodes];
        long time = 0;
        foreach (Delivery delivery in storm)
        {
            if (delivery.Sender < 0 || delivery.Sender >= nodes)
            {
                return $"position {delivery.Sequence}: {delivery.Describe()} stands among what it wrote";
            }
            if (delivery.TimeTicks < time)
            {
                return $"position {delivery.Sequence}: its time is {(time - delivery.TimeTicks) / TimeSpan.TicksPerMicrosecond} microseconds before that of the position before";
            }
            if (delivery.Number != last[delivery.Sender] + 1)
            {
                return $"position {delivery.Sequence}: {delivery.Describe()} follows its message {last[delivery.Sender]}";
            }
            last[delivery.Sender] = delivery.Number;
            time = delivery.TimeTicks;
        }
        int less = Array.FindIndex(last, number => number != messages);
        return less < 0 ? null : $"node {less} said {messages} messages and {last[less]} were delivered";
    }
}
