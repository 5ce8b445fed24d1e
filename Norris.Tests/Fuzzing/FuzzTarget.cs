using System.IO.Hashing;

namespace Norris.Tests.Fuzzing;

/// <summary>
/// Something that takes bytes from anybody, and what has to hold whatever they are. It throws when that does not hold, or when what it
/// tries throws. All of it runs on the thread that calls it, so that equal bytes take equal ways.
/// </summary>
internal abstract class FuzzTarget
{
    /// <summary>Inputs up to here are taken byte by byte as well.</summary>
    private const int EachByteMax = 200;

    /// <summary>All targets, by name.</summary>
    public static IReadOnlyDictionary<string, FuzzTarget> All { get; } = new SortedDictionary<string, FuzzTarget>(StringComparer.Ordinal)
    {
        ["request"] = new RequestTarget(),
        ["response"] = new ResponseTarget(),
        ["chunked"] = new ChunkedTarget(),
        ["wire"] = new WireTarget(),
        ["stream"] = new StreamTarget(),
        ["peers"] = new PeersTarget(),
        ["text"] = new TextTarget(),
        ["keys"] = new KeysTarget(),
        ["posted"] = new PostedTarget(),
    };

    /// <summary>What it tries, for people.</summary>
    public abstract string What { get; }

    /// <summary>Tries these bytes.</summary>
    public abstract void Run(byte[] input);

    /// <summary>Small inputs that are worth beginning with.</summary>
    public abstract IEnumerable<byte[]> Seeds();

    /// <summary>
    /// Ways to cut the input, as ascending places: at none, at a few that follow from the bytes themselves, and at every one if that is
    /// not too many.
    /// </summary>
    protected static IEnumerable<int[]> Cuts(byte[] input)
    {
        yield return [];
        if (input.Length < 2)
        {
            yield break;
        }
        ulong chance = XxHash3.HashToUInt64(input);
        var cuts = new SortedSet<int>();
        for (int i = 0; i < 1 + (int)(chance & 3); i++)
        {
            chance = (chance * 6364136223846793005) + 1442695040888963407;
            cuts.Add(1 + (int)((chance >> 33) % (ulong)(input.Length - 1)));
        }
        yield return [.. cuts];
        if (input.Length <= EachByteMax)
        {
            yield return [.. Enumerable.Range(1, input.Length - 1)];
        }
    }

    /// <summary>Holds that something is so.</summary>
    protected static void Holds(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new FuzzFinding(what);
        }
    }

    /// <summary>Holds that the same comes of the input however it is cut.</summary>
    protected static void HoldsHoweverCut(byte[] input, Func<int[], string> outcome)
    {
        string? whole = null;
        foreach (int[] cuts in Cuts(input))
        {
            string now = outcome(cuts);
            whole ??= now;
            Holds(now == whole, $"cut at {string.Join(", ", cuts.Take(20))}: {now}\nwhole: {whole}");
        }
    }
}

/// <summary>What should hold for all inputs does not for this one.</summary>
internal sealed class FuzzFinding(string what) : Exception(what);
