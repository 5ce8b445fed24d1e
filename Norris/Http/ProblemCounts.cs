namespace Norris.Http;

/// <summary>How often a server answered with problem details, by status: what it rejected itself, and what its application did. Any thread.</summary>
internal sealed class ProblemCounts
{
    private const int FirstStatus = 300;
    private const int LastStatus = 599;

    private readonly long[] _counts = new long[LastStatus - FirstStatus + 1];

    /// <summary>The statuses that there were, with how often.</summary>
    public IEnumerable<(int Status, long Count)> All => Enumerable.Range(FirstStatus, _counts.Length)
        .Select(status => (status, Volatile.Read(ref _counts[status - FirstStatus])))
        .Where(static counted => counted.Item2 > 0);

    /// <summary>Counts one.</summary>
    /// <param name="status">300 to 599.</param>
    public void Count(int status) => Interlocked.Increment(ref _counts[status - FirstStatus]);
}
