namespace Norris.Tests.Http.RealPeers;

/// <summary>A fact about how we get on with a program that may not be installed here.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(string tool)
    {
        if (Tool.Find(tool) is null)
        {
            Skip = $"{tool} is not installed here.";
        }
    }
}
