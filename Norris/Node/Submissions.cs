using System.Text;

namespace Norris.Node;

/// <summary>
/// Lines of the person or program at the terminal, as many as came while the last ones were taken. What finds no room waits here, and
/// whoever typed it waits with it.
/// </summary>
/// <param name="lines">What was typed.</param>
/// <param name="first">The first of them that was not taken yet.</param>
/// <param name="isTyped">
/// Whether a person types: where nothing is ordered for want of a majority, that one is told what was not taken; a program waits.
/// </param>
internal sealed class LinesInput(LineBatch lines, int first, bool isTyped) : NodeInput
{
    private const int ShownCharactersMax = 60;

    private readonly TaskCompletionSource<LinesResult> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Up to which line they were taken, and what to wait for before the others are tried again; null when the node takes no more ever.</summary>
    public Task<LinesResult> Taken => _taken.Task;

    public override void Apply(NodeLoop loop)
    {
        for (int i = first; i < lines.Count; i++)
        {
            if (loop.Presenter.IsBehind || !loop.Core.TrySubmitMessage(loop.Core.Self, lines[i], out ulong number))
            {
                bool isOver = loop.IsLeaving || loop.Ended.IsCompleted;
                if (isTyped && !isOver && loop.Core.IsIn && !loop.Core.HasMajority)
                {
                    TellNotTaken(loop, lines[i]);
                    continue;
                }
                _taken.SetResult(new LinesResult(i, isOver ? null : loop.AwaitRoom()));
                return;
            }
            if (isTyped)
            {
                loop.Presenter.Transcript?.Taken(number);
            }
        }
        _taken.SetResult(new LinesResult(lines.Count, Task.CompletedTask));
    }

    public override void Abandon() => _taken.TrySetResult(new LinesResult(first, null));

    private static void TellNotTaken(NodeLoop loop, ReadOnlySpan<byte> line)
    {
        const string Why = "no majority of the members can be reached";
        if (loop.Presenter.Transcript is { } transcript)
        {
            transcript.NotTaken(Why);
            return;
        }
        string text = Encoding.UTF8.GetString(line);
        string shown = text.Length <= ShownCharactersMax ? text : $"{text[..ShownCharactersMax]}...";
        loop.Presenter.Tell($"not sent, since {Why}: {shown}");
    }
}

/// <summary>Which line is next, and what to wait for before it is tried.</summary>
internal readonly record struct LinesResult(int Next, Task? Room);

/// <summary>Another name for this node.</summary>
internal sealed class RenameInput(ReadOnlyMemory<byte> name) : NodeInput
{
    private readonly TaskCompletionSource<bool> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it was taken.</summary>
    public Task<bool> Taken => _taken.Task;

    public override void Apply(NodeLoop loop) => _taken.SetResult(loop.Core.TrySubmitName(loop.Core.Self, name.Span, out _));

    public override void Abandon() => _taken.TrySetResult(false);
}

/// <summary>The node is to leave.</summary>
internal sealed class LeaveInput : NodeInput
{
    public override void Apply(NodeLoop loop)
    {
        loop.IsLeaving = true;
        loop.Core.Leave();
    }
}

/// <summary>A question about the node's state, answered on the loop; with <paramref name="whenOver"/> when there is none any more.</summary>
internal sealed class QueryInput<T>(Func<NodeLoop, T> ask, T whenOver) : NodeInput
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer.</summary>
    public Task<T> Answer => _answer.Task;

    public override void Apply(NodeLoop loop) => _answer.SetResult(ask(loop));

    public override void Abandon() => _answer.TrySetResult(whenOver);
}
