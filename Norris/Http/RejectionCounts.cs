using System.Globalization;

namespace Norris.Http;

/// <summary>How often a server rejected what, by reason. Any thread.</summary>
internal sealed class RejectionCounts
{
    private readonly long[] _counts = new long[(int)Enum.GetValues<RejectionReason>().Max() + 1];

    /// <summary>The reasons that there were, each as lower-case words joined by underscores, with how often.</summary>
    public IEnumerable<(string Reason, long Count)> All => Enum.GetValues<RejectionReason>()
        .Select(reason => (Word(reason), Volatile.Read(ref _counts[(int)reason])))
        .Where(static counted => counted.Item2 > 0);

    /// <summary>Counts one.</summary>
    public void Count(RejectionReason reason) => Interlocked.Increment(ref _counts[(int)reason]);

    private static string Word(RejectionReason reason) => string.Concat(reason.ToString().Select((letter, index) =>
        char.IsAsciiLetterUpper(letter) ? $"{(index > 0 ? "_" : "")}{char.ToLower(letter, CultureInfo.InvariantCulture)}" : letter.ToString()));
}
