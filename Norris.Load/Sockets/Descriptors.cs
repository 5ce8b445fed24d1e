using System.Globalization;

namespace Norris.Load.Sockets;

/// <summary>How many files and sockets this program may have open (proc_pid_limits(5)); the runtime has raised the soft limit to the hard one.</summary>
internal static class Descriptors
{
    // What the runtime, the pipes to a few processes and the like need besides.
    private const int Spare = 200;

    /// <summary>Why so many sockets are too many, in words; null where they are not.</summary>
    public static string? FindShortage(int sockets) => FindShortage(sockets, File.ReadAllText("/proc/self/limits"));

    /// <summary>The same, by the text of that file.</summary>
    public static string? FindShortage(int sockets, string limits)
    {
        int needed = sockets + Spare;
        string[] words = limits.Split('\n').FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal))?
            .Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 3 && int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out int open) && open < needed
            ? $"needs {needed} open files, and {open} are allowed here; raise that with: ulimit -n {needed}"
            : null;
    }
}
