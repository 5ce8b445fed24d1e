using System.Text.RegularExpressions;

namespace Norris.Tests;

/// <summary>The walls between the rooms: who may name whom, and the words that have no place in the pure core.</summary>
public sealed partial class TidyTests
{
    private static readonly Dictionary<string, string[]> MayName = new()
    {
        ["Protocol"] = ["Protocol"],
        ["Wire"] = ["Wire", "Protocol"],
        ["Transport"] = ["Transport"],
        ["Discovery"] = ["Discovery"],
        ["Http"] = ["Http", "Transport"],
        ["Options"] = ["Options", "Protocol"],
        ["Node"] = ["Node", "Wire", "Protocol", "Http", "Transport", "Discovery"],
        ["Api"] = ["Api", "Node", "Wire", "Protocol", "Http"],
        ["Terminal"] = ["Terminal", "Node", "Options", "Protocol"],
    };

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_names_only_the_rooms_that_it_may(string room)
    {
        string[] files = Directory.GetFiles(Path.Combine(Source(), room), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        IEnumerable<string> wrong = files.SelectMany(file => UsedRoom().Matches(File.ReadAllText(file))
            .Select(match => match.Groups[1].Value)
            .Where(used => MayName.ContainsKey(used) && !MayName[room].Contains(used))
            .Select(used => $"{Path.GetFileName(file)} names {used}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void The_core_has_no_clock_task_socket_lock_logger_or_chance()
    {
        IEnumerable<string> wrong = Directory.GetFiles(Path.Combine(Source(), "Protocol"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => File.ReadAllLines(file)
                .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Impure().IsMatch(line))
                .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        Assert.Empty(wrong);
    }

    public static TheoryData<string> Rooms() => [.. MayName.Keys];

    internal static string Source()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NorrisChat.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }
        return Path.Combine(folder, "Norris");
    }

    [GeneratedRegex(@"\busing (?:static )?Norris\.(\w+)")]
    private static partial Regex UsedRoom();

    [GeneratedRegex(@"\b(async|await|Task|Socket|DateTime\.(Utc)?Now|Stopwatch|TimeProvider|Random|lock|ILogger|Thread)\b")]
    private static partial Regex Impure();
}
