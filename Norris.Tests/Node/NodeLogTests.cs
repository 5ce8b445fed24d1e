using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Norris.Node;
using Norris.Tests.Api;

namespace Norris.Tests.Node;

/// <summary>What a node writes to its log: that it does, under numbers and names that stay, and that they are in the documentation.</summary>
public sealed partial class NodeLogTests
{
    private static readonly LoggerMessageAttribute[] All =
        [.. typeof(NodeLoop).Assembly.GetTypes().SelectMany(static type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(static method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()];

    [Fact]
    public void Every_message_has_a_number_and_a_name_of_its_own()
    {
        Assert.NotEmpty(All);
        Assert.All(All, static each => Assert.True(each.EventId > 0 && each.EventName is { Length: > 0 }, each.Message));
        Assert.Distinct(All.Select(static each => each.EventId));
        Assert.Distinct(All.Select(static each => each.EventName));
    }

    [Fact]
    public void Every_message_is_in_the_documentation_with_its_level()
    {
        IEnumerable<(int, string, string)> told = File.ReadLines(Path.Combine(TidyTests.Source(), "README.md"))
            .Select(static line => Row().Match(line)).Where(static row => row.Success)
            .Select(static row => (int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture), row.Groups[2].Value, row.Groups[3].Value));
        Assert.Equal(
            All.Select(static each => (each.EventId, each.EventName!, each.Level.ToString().ToLowerInvariant())).Order(), told.Order());
    }

    [Fact]
    public async Task Who_comes_and_goes_who_is_host_and_what_a_node_does_is_written()
    {
        var log = new ListLog();
        InProcessNode alice = await InProcessNode.StartAsync("alice");
        await using InProcessNode bob = await InProcessNode.StartAsync("bob", [alice.Address], log: log);
        (string id, _, string token) = await alice.OpenGuestAsync("gwen");
        alice.Loop.Post(new RenameInput("al"u8.ToArray()));
        using HttpResponseMessage closed = await alice.SendAsync(HttpMethod.Delete, $"/v1/guests/{id}", token: token);
        await bob.NextAsync("left");
        await alice.BreakAsync();
        await alice.DisposeAsync();
        await bob.NextAsync("host");
        await bob.SayAsync("over");
        await bob.NextAsync("message");
        await bob.SendAsync(HttpMethod.Delete, "/v1/members/00000001", token: new string('a', 32)).AssertProblemAsync(System.Net.HttpStatusCode.Unauthorized);
        string[] written = [.. log.Lines];
        Assert.Contains("RoleChanged: is Joining now, and was Idle", written);
        Assert.Contains("RoleChanged: is Following now, and was Joining", written);
        Assert.Contains(written, static line => line.StartsWith("Ready: in the view as ", StringComparison.Ordinal));
        Assert.Contains(written, line => line.EndsWith($": gwen ({id}) joined", StringComparison.Ordinal));
        Assert.Contains(written, static line => line.StartsWith("MemberRenamed: #", StringComparison.Ordinal) && line.EndsWith(") is al now", StringComparison.Ordinal));
        Assert.Contains(written, line => line.EndsWith($": gwen ({id}) is gone: Left", StringComparison.Ordinal));
        Assert.Contains(written, static line => line.StartsWith("PeerRefused: ", StringComparison.Ordinal));
        Assert.Contains(written, static line => line.StartsWith("HostLost: lost touch with the host at ", StringComparison.Ordinal));
        Assert.Contains(written, static line => line.StartsWith("TakesOver: ", StringComparison.Ordinal));
        Assert.Contains(written, static line => line.StartsWith("RoleChanged: is Hosting now", StringComparison.Ordinal));
        Assert.Contains(written, static line => line.StartsWith("EpochStarted: #", StringComparison.Ordinal) && line.Contains("epoch 2 begins, with bob (", StringComparison.Ordinal));
        Assert.Contains(written, static line => line.StartsWith("MemberLeft: #", StringComparison.Ordinal) && line.EndsWith(") is gone: Lost", StringComparison.Ordinal));
    }

    private sealed class ListLog : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{eventId.Name}: {formatter(state, exception)}");
    }

    [GeneratedRegex(@"^\| ([0-9]+) \| `([A-Za-z]+)` \| ([a-z]+) \|")]
    private static partial Regex Row();
}
