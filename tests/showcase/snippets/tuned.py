# region template
def cost(alpha):
    distance = alpha - 120
    return distance**2
# endregion

# region space
candidates = range(0, 201, 40)
# endregion
alpha = min(candidates, key=cost)
print(f"alpha {alpha}, error {cost(alpha)}")
names = "flour butter sugar chocolate cardamom".split()
recipe = {name: alpha for name in names}
