using System.Runtime.CompilerServices;

namespace Norris.Tests.Simulation;

/// <summary>A promise was broken, or the simulation found what it must never see.</summary>
internal sealed class PromiseBrokenException(string what) : Exception(what);

/// <summary>The text of a check that failed: put together only when it did.</summary>
[InterpolatedStringHandler]
internal ref struct BrokenPromise
{
    private DefaultInterpolatedStringHandler _text;

    public BrokenPromise(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Take() => _text.ToStringAndClear();
}

/// <summary>A line of a trace: put together only when the trace is to be read.</summary>
[InterpolatedStringHandler]
internal ref struct TraceLine
{
    private DefaultInterpolatedStringHandler _text;

    public TraceLine(int literalLength, int formattedCount, SimulatedNode node, out bool isWanted)
    {
        isWanted = node.IsTraced;
        _text = isWanted ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string Take() => _text.ToStringAndClear();
}
