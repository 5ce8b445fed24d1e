using System.Globalization;
using Norris.Load.Faults;
using Norris.Load.Verification;

namespace Norris.Load;

/// <summary>Does nothing to anybody: a healthy network under load must not think that anything happened, however busy its machine is.</summary>
internal sealed class QuietCheck(FailoverOptions options)
{
    /// <summary>Waits, and returns the report.</summary>
    /// <exception cref="ViolationException">Somebody thought that something happened.</exception>
    public async Task<string> RunAsync()
    {
        await using var network = new FaultyNetwork();
        await network.StartAsync(options, null);
        using (options.IsBurdened ? new Burden() : null)
        {
            await Task.Delay(TimeSpan.FromMinutes(options.QuietMinutes));
        }
        await network.UntilAllIsSaidAsync([.. Enumerable.Range(0, options.Nodes)]);
        await network.EndAsync();

        var stories = new List<NodeStory>();
        foreach (FaultNode node in network.Nodes)
        {
            stories.Add(new NodeStory(node.Output.Lines, network.TypedAt(node.Index), NodeFate.Lives));
        }
        IReadOnlyList<string> violations = FaultVerifier.FindViolations(stories);
        foreach (string violation in violations)
        {
            await Console.Error.WriteLineAsync($"quiet: {violation}");
        }
        int takeovers = stories.Max(story => story.Lines.Count(line => line.Type == PrintedType.Host));
        int lost = stories.Max(story => story.Lines.Count(line => line.Type == PrintedType.Lost));
        string minutes = options.QuietMinutes.ToString(CultureInfo.InvariantCulture);
        string result = $"quiet: {options.Nodes} nodes, {options.Rate} messages/s in all, {minutes} minutes{(options.IsBurdened ? $", {Environment.ProcessorCount} processors kept busy" : "")}: "
            + $"{stories.Sum(story => story.Typed):N0} messages, {takeovers} takeovers, {lost} lost, {violations.Count} violations";
        return takeovers + lost + violations.Count == 0 ? result + "\n" : throw new ViolationException(result);
    }
}
