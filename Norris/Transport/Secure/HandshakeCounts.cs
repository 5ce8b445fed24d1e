namespace Norris.Transport.Secure;

/// <summary>How often each <see cref="HandshakeOutcome"/> was. Any thread.</summary>
internal sealed class HandshakeCounts
{
    private static readonly string[] Names = ["let_in", "other_secret", "no_certificate", "not_tls", "timed_out", "gave_way", "broken"];

    private readonly long[] _counts = new long[Names.Length];

    /// <summary>Every outcome, with how often it was.</summary>
    public IEnumerable<(string Outcome, long Count)> All => Names.Select((name, index) => (name, Volatile.Read(ref _counts[index])));

    /// <summary>Counts one.</summary>
    public void Count(HandshakeOutcome outcome) => Interlocked.Increment(ref _counts[(int)outcome]);
}
